/** A list from a file: the form, what was understood, how far it is, and what became of it. */
import { importFormats } from '../../app/import-formats.ts';
import type { ImportReport } from '../../app/transfer.ts';
import { reasons } from '../../core/event.ts';
import type { Caller } from '../../http/auth.ts';
import { Choice, Refusal } from '../forms.tsx';
import { count, Page, plural, Table } from '../parts.tsx';
import type { Upload } from '../uploads.ts';

const ERRORS_SHOWN = 50;

export const ImportForm = ({ caller, problem }: { caller: Caller; problem: string | null }) => (
  <Page title="Import" path="/suppressions" caller={caller}>
    <Above />
    <h1>Import a list</h1>
    <p class="lead">
      An export of another provider, a list of your own, or addresses one a line. You see what was understood
      before anything changes.
    </p>
    {problem === null ? null : (
      <p class="note red" role="alert">
        {problem}
      </p>
    )}
    <form class="row" method="post" action="/import" enctype="multipart/form-data" data-upload>
      <label>
        CSV or NDJSON, up to 20 MiB
        <input
          class="wide"
          type="file"
          name="list"
          accept=".csv,.tsv,.txt,.ndjson,.jsonl,text/csv,text/plain"
          required
        />
      </label>
      <Choice name="reason" label="Reason, where a row names none" values={reasons} chosen="manual" />
      <button type="submit">Show what is in it</button>
      <progress max={100} value={0} hidden aria-label="Upload" />
    </form>
    <h2>What is understood</h2>
    <p class="prose soft">
      An import adds and lengthens; it never removes, shortens or re-labels what stands. Bounces that come
      with codes or text are judged by your policy. Formats are known by their columns:
    </p>
    <ul class="columns list">
      {importFormats.map(({ name }) => (
        <li>{name}</li>
      ))}
    </ul>
    <p class="prose soft">
      A list of your own has a column <code>address</code> or <code>email</code>, and may have{' '}
      <code>reason</code>, <code>stream</code>, <code>note</code>, <code>until</code>, <code>created_at</code>
      , <code>code</code>, <code>enhanced</code> and <code>text</code>.
    </p>
  </Page>
);

const Above = () => (
  <p class="soft small">
    <a href="/suppressions">Suppressions</a>
  </p>
);

export const NoUpload = ({ caller }: { caller: Caller }) => (
  <Page title="Import" path="/suppressions" caller={caller}>
    <Above />
    <h1>This file is not here any more</h1>
    <p class="lead">
      Files wait half an hour, in the memory of the server that took them. <a href="/import">Send it again</a>
      : what was imported already does no harm.
    </p>
  </Page>
);

export const ImportState = ({ caller, upload }: { caller: Caller; upload: Upload }) => {
  const { name, import: state } = upload;
  return (
    <Page title={`Import ${name}`} path="/suppressions" caller={caller}>
      <Above />
      <h1>{name}</h1>
      <div
        id="import"
        data-poll={state !== null && state.report === null && state.problem === null ? '1' : undefined}
      >
        {state === null ? (
          <Preview upload={upload} />
        ) : state.problem !== null ? (
          <>
            <Refusal problem={state.problem} />
            <p>
              <a href="/import">Send it again</a>
            </p>
          </>
        ) : state.report !== null ? (
          <Done report={state.report} />
        ) : (
          <Running read={state.read} of={rowsIn(upload.preview)} />
        )}
      </div>
    </Page>
  );
};

const Running = ({ read, of }: { read: number; of: number }) => {
  const percent = Math.min(Math.floor((100 * read) / Math.max(of, 1)), 100);
  return (
    <>
      <p class="lead" role="status">{`Importing: ${count(read)} of ${plural(of, 'row')}.`}</p>
      <progress max={100} value={percent} aria-label="Import" />
      <p class="soft small">You may leave; it goes on. This page looks again by itself.</p>
    </>
  );
};

const rowsIn = ({ by_reason, skipped }: ImportReport): number =>
  Object.values(by_reason).reduce((sum, of) => sum + of, skipped);

const Preview = ({ upload: { id, type, reason, preview, sample } }: { upload: Upload }) => {
  const counting = rowsIn(preview) - preview.skipped;
  const format =
    preview.format === null
      ? 'nothing: it has no rows'
      : (importFormats.find((one) => one.id === preview.format)?.name ?? 'a list of your own');
  const columns = [...new Set(sample.flatMap((row) => Object.keys(row)))];
  return (
    <>
      <p class="lead">
        {counting === 0
          ? 'No row of this file can be imported.'
          : `${plural(counting, 'row counts', 'rows count')}${preview.skipped === 0 ? '' : `, ${count(preview.skipped)} would be left out`}. Nothing has changed yet.`}
      </p>
      <dl class="facts">
        <dt>Taken for</dt>
        <dd>{`${format}, ${type === 'text/csv' ? 'CSV' : 'NDJSON'}`}</dd>
        <dt>By reason</dt>
        <dd>
          {Object.entries(preview.by_reason)
            .map(([name, of]) => `${count(of)} ${name}`)
            .join(', ') || '–'}
        </dd>
        <dt>Rows without a reason</dt>
        <dd>{reason}</dd>
        <dt>Columns</dt>
        <dd>{columns.join(', ') || '–'}</dd>
      </dl>
      {sample.length === 0 ? null : (
        <>
          <h2>The first rows</h2>
          <Table titles={columns}>
            {sample.map((row) => (
              <tr>
                {columns.map((name) => (
                  <td class="clip">{(row[name] ?? '').slice(0, 120)}</td>
                ))}
              </tr>
            ))}
          </Table>
        </>
      )}
      <Errors report={preview} title="Rows that would be left out" />
      <form class="row" method="post" action={`/import/${id}`}>
        {counting === 0 ? null : <button type="submit">{`Import ${plural(counting, 'row')}`}</button>}
        <a href="/import">Choose another file</a>
      </form>
    </>
  );
};

const Done = ({ report }: { report: ImportReport }) => (
  <>
    <p class="lead" role="status">
      {`Done: ${plural(report.added, 'entry', 'entries')} added or lengthened.`}
    </p>
    <ul class="tiles">
      {(['added', 'unchanged', 'skipped'] as const).map((name) => (
        <li>
          <b>{count(report[name])}</b>
          <span class="soft">
            {name === 'skipped' ? 'left out' : name === 'unchanged' ? 'stood already' : 'added'}
          </span>
        </li>
      ))}
    </ul>
    <Errors report={report} title="Rows that were left out" />
    <p>
      <a href="/suppressions">To the list</a> · <a href="/import">Import another</a>
    </p>
  </>
);

const Errors = ({ report: { errors, skipped }, title }: { report: ImportReport; title: string }) =>
  errors.length === 0 ? null : (
    <>
      <h2>{title}</h2>
      <Table titles={['Line', 'Why']}>
        {errors.slice(0, ERRORS_SHOWN).map(({ line, detail }) => (
          <tr>
            <td>{line}</td>
            <td class="wide">{detail}</td>
          </tr>
        ))}
      </Table>
      {skipped > ERRORS_SHOWN ? (
        <p class="soft small">{`and ${count(skipped - ERRORS_SHOWN)} more`}</p>
      ) : null}
    </>
  );
