/** The whole list in and out, streamed. */
import * as z from 'zod';
import { entryPages } from '../../app/entry-pages.ts';
import { csvWriter, ndjsonWriter, type Writer } from '../../app/export.ts';
import { formatWriter } from '../../app/export-format.ts';
import { exportFormats } from '../../app/export-formats.ts';
import { csvRows, limited, ndjsonRows, TooLarge } from '../../app/rows.ts';
import { importRows } from '../../app/transfer.ts';
import { type Reason, reasons } from '../../core/event.ts';
import type { EntryQuery, EntryRow } from '../../store/store.ts';
import { asItComes, declaredLength, isEncoded, mediaType } from '../body.ts';
import { type Call, type Endpoint, endpoint } from '../endpoint.ts';
import { entryFilters, entryQueryOf } from '../entry-filters.ts';
import { notOfHashes } from '../hashed.ts';
import { attachment } from '../headers.ts';
import { takeYourTime } from '../patience.ts';
import { type Answer, invalid, json, type Problem, raw, refuse } from '../problem.ts';
import { find } from '../source-edits.ts';

const tag = 'The list';
export const importLimits = { bodyBytes: 100 * 1024 * 1024 } as const;

const csvTypes = ['text/csv', 'text/plain'];
const ndjsonTypes = ['application/x-ndjson', 'application/ndjson', 'application/jsonl'];

const reportShape = z.object({
  format: z.string().nullable().meta({ description: 'what it was taken for; null where it has no row' }),
  by_reason: z.record(z.string(), z.int()).meta({ description: 'rows that count' }),
  added: z.int().meta({ description: 'entries made or lengthened' }),
  unchanged: z.int().meta({ description: 'stood already' }),
  skipped: z.int().meta({ description: 'rows that did not count' }),
  unreadable: z.int().meta({ description: 'of those, what could not be read; the others ask for no entry' }),
  errors: z
    .array(z.object({ line: z.int(), detail: z.string() }))
    .meta({ description: 'why rows were skipped; at most 1,000' }),
});

export const transferEndpoints: readonly Endpoint[] = [
  endpoint({
    tag,
    method: 'post',
    path: '/v1/suppressions/import',
    summary: 'Import a list',
    description:
      'Columns or fields: address (or email), reason, stream, note, until, created_at, code, enhanced, text. Without a header line, an address a line. Exports of other systems are known by their columns (docs/import.md). ' +
      'It may add or lengthen, never remove or shorten; bounces that come with codes or text are judged by the policy. Up to 100 MiB; an import that broke off may be sent again.',
    scope: 'write',
    query: z.strictObject({
      dry_run: z
        .enum(['true', 'false'])
        .optional()
        .meta({ description: 'true: only says what is understood' }),
      reason: z.enum(reasons).optional().meta({ description: 'of rows that name none; manual unless given' }),
      source: z
        .string()
        .max(100)
        .optional()
        .meta({ description: 'the list is the own one of this source’s provider: `listed_at` names it' }),
    }),
    takes: [...csvTypes, ...ndjsonTypes],
    answers: {
      200: { description: 'what became of the rows', schema: reportShape },
      413: { description: 'more than 100 MiB' },
      415: { description: 'neither CSV nor NDJSON' },
    },
    handle: (call) => importList(call),
  }),
  endpoint({
    tag,
    method: 'get',
    path: '/v1/suppressions/export',
    summary: 'Export the list',
    scope: 'read',
    query: entryFilters.extend({
      format: z
        .enum(['csv', 'ndjson', ...exportFormats.map(({ id }) => id)])
        .optional()
        .meta({
          description: 'as Accept says, or csv; or as another system writes its own list (docs/import.md)',
        }),
      spreadsheet: z
        .enum(['true', 'false'])
        .optional()
        .meta({ description: 'true: cells that a spreadsheet would run as a formula are marked as text' }),
    }),
    answers: {
      200: {
        description:
          'by address; with `from` or `to`, and without `q`, newest first, where an entry that changes meanwhile may come twice, and the later one counts',
        types: ['text/csv', 'application/x-ndjson', 'text/plain'],
      },
      409: { description: 'the format of another system, and addresses are hashed' },
    },
    async handle(call) {
      const { format, spreadsheet, ...filters } = call.query;
      if (call.services.settings.pepper !== null && exportFormats.some(({ id }) => id === format))
        return notOfHashes('The list of another system');
      const wanted =
        format ?? (/ndjson|jsonl/.test(call.request.headers.get('accept') ?? '') ? 'ndjson' : 'csv');
      return exportList(call, writingOf(wanted, spreadsheet === 'true'), entryQueryOf(filters));
    },
  }),
];

interface ImportQuery {
  readonly dry_run?: 'true' | 'false' | undefined;
  readonly reason?: Reason | undefined;
  readonly source?: string | undefined;
}

async function importList({ services, caller, request, query }: Call<unknown, ImportQuery>): Promise<Answer> {
  const of = query.source === undefined ? undefined : await find({ services, caller }, query.source);
  if (of === null) return invalid('/source', 'is no source of yours');
  const options = { dryRun: query.dry_run === 'true', reason: query.reason, listedAt: of?.provider };
  const type = mediaType(request);
  const rowsOf =
    type === null ? null : csvTypes.includes(type) ? csvRows : ndjsonTypes.includes(type) ? ndjsonRows : null;
  if (rowsOf === null || isEncoded(request)) {
    return refuse(415, 'Send text/csv or application/x-ndjson, in UTF-8 and without a Content-Encoding.');
  }
  if (declaredLength(request) > importLimits.bodyBytes) return tooLarge();
  const body =
    request.body ??
    new ReadableStream<Uint8Array<ArrayBuffer>>({ start: (controller) => controller.close() });
  takeYourTime(request);
  try {
    return json(
      await importRows(services, caller, rowsOf(limited(asItComes(body), importLimits.bodyBytes)), options),
    );
  } catch (error) {
    if (error instanceof TooLarge) return tooLarge();
    throw error;
  }
}

const tooLarge = (): Problem =>
  refuse(413, 'More than 100 MiB; send the list in parts. What was read before the limit is imported.');

const contentTypes = {
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson',
  txt: 'text/plain; charset=utf-8',
} as const;

interface Writing {
  readonly writer: Writer;
  readonly type: keyof typeof contentTypes;
  /** In the name of the file. */
  readonly of: string;
}

function writingOf(wanted: string, spreadsheet: boolean): Writing {
  const format = exportFormats.find(({ id }) => id === wanted);
  if (format !== undefined)
    return { writer: formatWriter(format, spreadsheet), type: format.type, of: `-${format.id}` };
  return wanted === 'ndjson'
    ? { writer: ndjsonWriter, type: 'ndjson', of: '' }
    : { writer: csvWriter(spreadsheet), type: 'csv', of: '' };
}

async function exportList(
  { services, caller }: Pick<Call, 'services' | 'caller'>,
  { writer, type, of }: Writing,
  query: Omit<EntryQuery, 'limit' | 'after'>,
): Promise<Answer> {
  const { runtime } = services;
  const pages = entryPages(services, caller.tenant, query);
  // Before the answer begins, so that a list which cannot be read is a 503 and not half a file.
  let next: IteratorResult<readonly EntryRow[]> = await pages.next();
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(writer.head)),
    async pull(controller) {
      if (next.done === true) return controller.close();
      const now = runtime.now();
      controller.enqueue(encoder.encode(next.value.map((entry) => writer.line(entry, now)).join('')));
      next = await pages.next();
    },
    cancel: () => void pages.return(undefined),
  });
  const day = new Date(runtime.now()).toISOString().slice(0, 10);
  return raw(
    new Response(stream, {
      headers: {
        'Content-Type': contentTypes[type],
        'Content-Disposition': attachment(`suppressions-${caller.tenant}-${day}${of}.${type}`),
      },
    }),
  );
}
