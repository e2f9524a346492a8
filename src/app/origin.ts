/** Proves where a request came from, by everything that its source has configured. */
import { err, ok, type Result } from '../core/result.ts';
import type { Proof, RawRequest, VerifyError, VerifyIo } from '../providers/adapter.ts';
import { verifyBasic } from '../providers/verify/basic.ts';
import type { Source } from './sources.ts';

/**
 * What is configured must all match: basic auth, and keys or topics. Basic auth alone is enough for every
 * provider. `allow_unsigned` turns every check off, even where headers are present.
 */
export async function verifyOrigin(
  source: Source,
  request: RawRequest,
  io: VerifyIo,
): Promise<Result<Proof, VerifyError>> {
  const { row, adapter, secrets } = source;
  if (row.allow_unsigned === 1) return ok({});
  const hasBasic = secrets.basicAuth.length > 0;
  const hasKeys = (adapter.needs.proof === 'topics' ? secrets.topicArns : secrets.keys).length > 0;
  if (!hasBasic && !hasKeys) return err({ reason: 'undecided', detail: 'the source has no secrets' });
  if (hasBasic && !(await verifyBasic(request.headers, secrets.basicAuth)))
    return err({ reason: 'forged', detail: 'basic auth' });
  if (!hasKeys) return ok({});
  return adapter.verify(
    request,
    { secrets, publicUrl: row.public_url, requireSha256: row.require_sha256 === 1 },
    io,
  );
}
