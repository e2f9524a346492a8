/** A request as it is kept, and the kept one as a request again. */
import type { RawRequest } from '../providers/adapter.ts';
import type { ReceiptRow } from '../store/store.ts';
import type { Runtime } from './runtime.ts';
import type { Source } from './sources.ts';

/** Headers and parameters that prove who is calling are not needed to read the request again. */
const secretHeaders = new Set(['authorization', 'proxy-authorization', 'cookie', 'x-mailstop-key']);
const secretParameters = ['key', 'code'];
/** Below this, gzip saves less than its own cost. */
const WORTH_COMPRESSING = 2_048;

export async function receiptOf(
  runtime: Runtime,
  source: Source,
  request: RawRequest,
  receivedAt: number,
): Promise<ReceiptRow> {
  const query = new URLSearchParams(request.url.search);
  for (const name of secretParameters) query.delete(name);
  const compress = request.body.length >= WORTH_COMPRESSING;
  return {
    id: runtime.newId('rcp', receivedAt),
    tenant: source.row.tenant,
    source_id: source.row.id,
    received_at: receivedAt,
    method: request.method,
    query: query.toString(),
    headers: JSON.stringify(
      Object.fromEntries([...request.headers].filter(([name]) => !secretHeaders.has(name))),
    ),
    encoding: compress ? 'gzip' : 'identity',
    body: compress ? await runtime.gzip(request.body) : request.body,
  };
}

/** As it was kept: its proof was looked at when it came, and is not kept. */
export async function requestOf({ gunzip }: Pick<Runtime, 'gunzip'>, row: ReceiptRow): Promise<RawRequest> {
  const query = row.query === '' ? '' : `?${row.query}`;
  return {
    method: row.method,
    // Nobody reads more of it than the query.
    url: new URL(`https://localhost/webhooks/${row.source_id}${query}`),
    headers: new Headers(JSON.parse(row.headers)),
    body: row.encoding === 'gzip' ? await gunzip(row.body) : row.body,
  };
}

/** What is no text, as far as it can be read. */
export const textOfBody = async (runtime: Pick<Runtime, 'gunzip'>, row: ReceiptRow): Promise<string> =>
  new TextDecoder().decode((await requestOf(runtime, row)).body);
