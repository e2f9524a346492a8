/** A list from a file: uploaded, shown as it was understood, then imported. */
import { safeMessage } from '../../app/log.ts';
import { csvRows, ndjsonRows, type Row } from '../../app/rows.ts';
import { importRows } from '../../app/transfer.ts';
import { type Reason, reasons } from '../../core/event.ts';
import { readBody } from '../../http/body.ts';
import { takeYourTime } from '../../http/patience.ts';
import { refuse } from '../../http/problem.ts';
import { ImportForm, ImportState, NoUpload } from '../pages/import.tsx';
import { type Importing, type Upload, uploadLimits, uploadsOf } from '../uploads.ts';
import { page, type Render, seeOther } from '../visit.ts';

/** Beside the file: names of fields, and the lines between the parts. */
const AROUND = 64 * 1024;
const SAMPLE_ROWS = 5;
const SAMPLE_BYTES = 64 * 1024;
/** So long a page waits for an import; one that takes longer goes on behind it. */
const PATIENCE = 1_000;

export const importForm: Render = async ({ caller }) => page(<ImportForm caller={caller} problem={null} />);

export const uploadList: Render = async (visit) => {
  const { services, caller, request } = visit;
  const again = (problem: string, status: number) =>
    page(<ImportForm caller={caller} problem={problem} />, status);
  const type = request.headers.get('content-type') ?? '';
  if (!/^multipart\/form-data\b/i.test(type)) return again('Choose a file, and send it with this form.', 415);
  takeYourTime(request);
  const body = await readBody(request, uploadLimits.bodyBytes + AROUND);
  if (!body.ok)
    return body.error === 'too-large'
      ? again('That is more than 20 MiB. Use mailstop import, or the API, which take 100 MiB.', 413)
      : again('The file did not arrive whole; send it again.', 400);
  const form = await new Response(body.value, { headers: { 'content-type': type } })
    .formData()
    .catch(() => null);
  const file = form?.get('list');
  if (!(file instanceof File) || file.size === 0) return again('Choose a file that is not empty.', 422);
  const reason = form?.get('reason');
  const bytes = new Uint8Array(await file.arrayBuffer());
  const kind = isNdjson(file.name, bytes) ? 'application/x-ndjson' : 'text/csv';
  const upload = {
    id: `imp_${services.runtime.randomText(24)}`,
    tenant: caller.tenant,
    name: file.name.slice(0, 200),
    type: kind,
    reason: reasons.find((one) => one === reason) ?? ('manual' satisfies Reason),
    bytes,
    sample: await sampleOf(kind, bytes),
    at: services.runtime.now(),
    import: null,
  } as const;
  const preview = await importRows(services, caller, rowsOf(upload), { dryRun: true });
  uploadsOf(services).keep({ ...upload, preview });
  return seeOther(`/import/${upload.id}`);
};

export const importState: Render = async ({ services, caller, params: { id = '' } }) => {
  const upload = uploadsOf(services).get(caller.tenant, id);
  if (upload === null) return page(<NoUpload caller={caller} />, 404);
  const answer = page(<ImportState caller={caller} upload={upload} />);
  // Without the script the page asks again by itself.
  if (isRunning(upload)) answer.headers.set('Refresh', '2');
  return answer;
};

/** Pressed twice, it is imported once. */
export const importNow: Render = async (visit) => {
  const { services, caller, params } = visit;
  const upload = uploadsOf(services).get(caller.tenant, params.id ?? '');
  if (upload === null) return page(<NoUpload caller={caller} />, 404);
  if (upload.import === null) {
    const state: Importing = { read: 0, report: null, problem: null };
    upload.import = state;
    const rows = counted(rowsOf(upload), () => {
      state.read++;
    });
    const done = importRows(services, caller, rows, { reason: upload.reason }).then(
      (report) => {
        state.report = report;
      },
      (error) => {
        services.log('error', 'an import broke off', { error: safeMessage(String(error)) });
        state.problem = refuse(503, 'The import broke off. What was read is imported; send the list again.');
      },
    );
    // A Worker ends with its answer, and so would the import.
    await (services.runtime.defer === null ? done : Promise.race([done, after(PATIENCE)]));
  }
  return seeOther(`/import/${upload.id}`);
};

const after = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export const isRunning = ({ import: of }: Pick<Upload, 'import'>): boolean =>
  of !== null && of.report === null && of.problem === null;

const rowsOf = ({ type, bytes }: Pick<Upload, 'type' | 'bytes'>): AsyncGenerator<Row> => {
  const body = new Blob([bytes]).stream() as ReadableStream<Uint8Array<ArrayBuffer>>;
  return type === 'text/csv' ? csvRows(body) : ndjsonRows(body);
};

async function* counted(rows: AsyncIterable<Row>, count: () => void): AsyncGenerator<Row> {
  for await (const row of rows) {
    count();
    yield row;
  }
}

function isNdjson(name: string, bytes: Uint8Array): boolean {
  return (
    /\.(ndjson|jsonl)$/i.test(name) || /^\uFEFF?\s*\{/.test(new TextDecoder().decode(bytes.subarray(0, 64)))
  );
}

async function sampleOf(type: Upload['type'], bytes: Uint8Array<ArrayBuffer>) {
  const sample: Readonly<Record<string, string>>[] = [];
  // To its end: a parser that is left early still speaks.
  for await (const row of rowsOf({ type, bytes: bytes.subarray(0, SAMPLE_BYTES) }))
    if (row.ok && sample.length < SAMPLE_ROWS) sample.push(row.fields);
  return sample;
}
