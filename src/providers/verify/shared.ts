/**
 * A shared secret, for providers that sign nothing: as `Authorization: Bearer`, in the header `X-Mailstop-Key`,
 * or in the query. Proves who sent, not what was sent. May not look into the body, and leaves basic auth to
 * whoever runs the adapters.
 */
import { err, ok, type Result } from '../../core/result.ts';
import type { Proof, RawRequest, Trust, VerifyError } from '../adapter.ts';
import { equalSecrets } from './bytes.ts';

/** A request names its key once; a few more are tolerated, a flood is not compared. */
const MAX_QUERY_KEYS = 4;

export const sharedHint =
  'keys: a long random secret of your own; the provider sends it as "Authorization: Bearer <key>", in a header X-Mailstop-Key, or in the URL as ?key=<key>; or basic_auth';

/** Any key of the source may be in any of the three places. `queryName` is for vendors with a name of their own. */
export async function verifyShared(
  request: RawRequest,
  trust: Trust,
  queryName = 'key',
): Promise<Result<Proof, VerifyError>> {
  const keys = trust.secrets.keys.filter((key) => key !== '');
  if (keys.length === 0) return err({ reason: 'undecided', detail: 'no shared key is configured' });
  const given = givenKeys(request, queryName);
  let matches = false;
  for (const candidate of given) {
    for (const key of keys) if (equalSecrets(candidate, key)) matches = true;
  }
  if (matches) return ok({});
  return err({ reason: 'forged', detail: given.length === 0 ? 'no shared key' : 'a wrong shared key' });
}

/** Refuses what could not be sent unchanged in a header, and what everybody knows. */
export function checkSharedKey(key: string): string | null {
  if (key === '') return 'empty';
  if (key !== key.trim()) return 'starts or ends with a space, which HTTP takes away';
  return /[\x00-\x1f\x7f]/.test(key) ? 'holds a control character, which HTTP does not carry' : null;
}

function givenKeys({ headers, url }: RawRequest, queryName: string): string[] {
  const bearer = /^bearer +(.+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  return [
    bearer,
    headers.get('x-mailstop-key'),
    ...url.searchParams.getAll(queryName).slice(0, MAX_QUERY_KEYS),
  ].filter((key): key is string => typeof key === 'string' && key !== '');
}
