/** A list from a file: uploaded, shown as it was understood, then imported. */
import { csvRows, ndjsonRows } from '../../app/rows.ts';
import type { ImportReport } from '../../app/transfer.ts';
import { reasons } from '../../core/event.ts';
import { readBody } from '../../http/body.ts';
import { takeYourTime } from '../../http/patience.ts';
import { refuse } from '../../http/problem.ts';
import { ask } from '../ask.ts';
import { ImportForm, ImportState, NoUpload } from '../pages/import.tsx';
import { type Upload, uploadLimits, uploadsOf } from '../uploads.ts';
import { page, type Render, seeOther, type Visit } from '../visit.ts';

/** Beside the file: names of fields, and the lines between the parts. */
const AROUND = 64 * 1024;
const SAMPLE_ROWS = 5;
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
  const reason = String(form?.get('reason') ?? '');
  const bytes = new Uint8Array(await file.arrayBuffer());
  const kind = isNdjson(file.name, bytes) ? 'application/x-ndjson' : 'text/csv';
  const upload = {
    id: `imp_${services.runtime.randomText(24)}`,
    tenant: caller.tenant,
    name: file.name.slice(0, 200),
    type: kind,
    reason: (reasons as readonly string[]).includes(reason) ? reason : 'manual',
    bytes,
    sample: await sampleOf(kind, bytes),
    at: services.runtime.now(),
    import: null,
  } as const;
  const preview = await importing(visit, { ...upload, dryRun: true });
  if (!preview.ok) return again(preview.problem.detail, preview.problem.status);
  uploadsOf(services).keep({ ...upload, preview: preview.body });
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
    const state = { read: 0, report: null, problem: null } as NonNullable<Upload['import']>;
    upload.import = state;
    const done = importing(visit, {
      ...upload,
      dryRun: false,
      read: (bytes) => {
        state.read += bytes;
      },
    }).then(
      (answer) => {
        if (answer.ok) state.report = answer.body;
        else state.problem = answer.problem;
      },
      () => {
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

const importing = (
  visit: Visit,
  {
    type,
    reason,
    bytes,
    dryRun,
    read = () => undefined,
  }: Pick<Upload, 'type' | 'reason' | 'bytes'> & { dryRun: boolean; read?: (bytes: number) => void },
) =>
  ask<ImportReport>(visit, 'post', '/v1/suppressions/import', {
    query: { reason, ...(dryRun ? { dry_run: 'true' } : {}) },
    text: { type, body: inPieces(bytes, read) },
  });

const PIECE = 64 * 1024;

function inPieces(bytes: Uint8Array<ArrayBuffer>, read: (bytes: number) => void) {
  let from = 0;
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const piece = bytes.subarray(from, from + PIECE);
      if (piece.length === 0) return controller.close();
      from += piece.length;
      read(piece.length);
      controller.enqueue(piece.slice());
    },
  });
}

function isNdjson(name: string, bytes: Uint8Array): boolean {
  return (
    /\.(ndjson|jsonl)$/i.test(name) || /^\uFEFF?\s*\{/.test(new TextDecoder().decode(bytes.subarray(0, 64)))
  );
}

async function sampleOf(type: Upload['type'], bytes: Uint8Array<ArrayBuffer>) {
  const sample: Readonly<Record<string, string>>[] = [];
  const head = inPieces(bytes.subarray(0, PIECE), () => undefined);
  // To its end: a parser that is left early still speaks.
  for await (const row of type === 'text/csv' ? csvRows(head) : ndjsonRows(head))
    if (row.ok && sample.length < SAMPLE_ROWS) sample.push(row.fields);
  return sample;
}
