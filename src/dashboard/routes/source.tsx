/** One source, and what its forms do. */
import { currentPolicy } from '../../http/policy-edits.ts';
import { webhookUrl } from '../../http/shapes-setup.ts';
import { factsOf, find, secretsOf, waitingFor } from '../../http/source-edits.ts';
import { isClosed, signsWithSha1, warningsOf } from '../../http/source-rules.ts';
import type { SourceRow } from '../../store/store.ts';
import { ask } from '../ask.ts';
import { SourcePage } from '../pages/source.tsx';
import { Made } from '../pages/source-new.tsx';
import type { SourceFacts } from '../pages/source-parts.tsx';
import { SourceTested, type Tried } from '../pages/source-test.tsx';
import { problemWords } from '../problem-words.ts';
import { refusedDays } from '../refused-days.ts';
import { page, type Render, seeOther, type Visit } from '../visit.ts';

const RECEIPTS_SHOWN = 10;

export const source: Render = async (visit) => {
  const row = await find(visit, visit.params.id ?? '');
  return row === null ? null : sourcePage(visit, row, null);
};

async function sourcePage(visit: Visit, row: SourceRow, problem: SourceFacts['problem']): Promise<Response> {
  const { services, caller, request } = visit;
  const { store } = services;
  const secrets = await secretsOf(visit, row);
  const facts = factsOf(row, secrets);
  const { document } = await currentPolicy(services, caller.tenant);
  return page(
    <SourcePage
      caller={caller}
      row={row}
      adapter={facts.adapter}
      url={webhookUrl(services.settings, request, row.id)}
      secrets={secrets}
      warnings={facts.adapter.needs.proof !== 'shared' && isClosed(secrets) ? [] : warningsOf(facts)}
      waiting={await waitingFor(visit, row.id)}
      receipts={await store.lastReceipts(caller.tenant, row.id, RECEIPTS_SHOWN)}
      refused={(await refusedDays(store, caller.tenant, [row.id], services.runtime.now()))(row.id)}
      streams={Object.keys(document.streams)}
      drift={
        (await store.sourceList(caller.tenant, row.id)) === null
          ? undefined
          : await store.sourceDrift(caller.tenant, row.id)
      }
      problem={problem}
    />,
    problem === null ? 200 : 422,
  );
}

/** Which section of the page a form is in. */
const sections: Readonly<Record<string, string>> = {
  'add-secret': 'secrets',
  'drop-secret': 'secrets',
  streams: 'streams',
  settings: 'settings',
  disable: 'end',
  enable: 'end',
  delete: 'end',
};

export const changeSource: Render = async (visit) => {
  const { form, params } = visit;
  const row = await find(visit, params.id ?? '');
  if (row === null) return null;
  const what = form.get('do') ?? '';
  const at = sections[what] ?? 'state';
  const refused = (details: readonly string[]) => sourcePage(visit, row, { at, details, form });
  if (what === 'delete') {
    if ((form.get('confirm') ?? '').trim() !== row.name)
      return refused(['That is not its name; nothing was deleted.']);
    const gone = await ask(visit, 'delete', '/v1/sources/:id', { params: { id: row.id } });
    return gone.ok ? seeOther('/sources') : refused(problemWords(gone.problem));
  }
  const wanted = await changeOf(visit, row, what);
  if (wanted === null) return null;
  if ('refused' in wanted) return refused([wanted.refused]);
  const { made = null, change } = wanted;
  const done = await ask<{ id: string; url: string; name: string }>(visit, 'patch', '/v1/sources/:id', {
    params: { id: row.id },
    json: change,
  });
  if (!done.ok) return refused(problemWords(done.problem));
  if (made === null) return seeOther(`/sources/${row.id}${at === 'state' ? '' : `#${at}`}`);
  const { adapter } = factsOf(row, await secretsOf(visit, row));
  return page(<Made caller={visit.caller} adapter={adapter} source={done.body} secret={made} />);
};

type Wanted =
  | { readonly change: Readonly<Record<string, unknown>>; readonly made?: string }
  | { readonly refused: string }
  | null;

async function changeOf(visit: Visit, row: SourceRow, what: string): Promise<Wanted> {
  const { form } = visit;
  const typed = (name: string) => (form.get(name) ?? '').trim();
  switch (what) {
    case 'pause':
    case 'resume':
      return { change: { paused: what === 'pause' } };
    case 'disable':
    case 'enable':
      return { change: { disabled: what === 'disable' } };
    case 'streams': {
      const to = form.getAll('to');
      const pairs = form.getAll('group').map((group, i) => [group.trim(), (to[i] ?? '').trim()] as const);
      const streams = Object.fromEntries(pairs.filter(([group, stream]) => group + stream !== ''));
      if (Object.hasOwn(streams, '')) return { refused: 'Name the group that the stream is for.' };
      return { change: { stream: typed('stream') || null, streams } };
    }
    case 'settings':
      return {
        change: {
          name: typed('name'),
          ...(form.has('public_url') ? { public_url: typed('public_url') || null } : {}),
          ...(form.has('trust') ? { trust: typed('trust') || null } : {}),
          ...(signsWithSha1(row.provider) ? { require_sha256: form.has('require_sha256') } : {}),
          allow_unsigned: form.has('allow_unsigned'),
        },
      };
    case 'add-secret':
    case 'drop-secret':
      return secretsChange(visit, row, what);
    default:
      return null;
  }
}

/** The API replaces secrets as a whole; the others are taken over from what is there. */
async function secretsChange(visit: Visit, row: SourceRow, what: string): Promise<Wanted> {
  const { form, services } = visit;
  const now = await secretsOf(visit, row);
  const { proof } = factsOf(row, now).adapter.needs;
  const field = proof === 'topics' ? 'topic_arns' : 'keys';
  const own = proof === 'topics' ? now.topicArns : now.keys;
  const isFirst = proof !== 'shared' && isClosed(now);
  const basic = isFirst || now.basicAuth.length === 0 ? {} : { basic_auth: now.basicAuth };
  const change = (keys: readonly string[]) => ({
    secrets: { ...(keys.length === 0 ? {} : { [field]: keys }), ...basic },
  });
  if (what === 'drop-secret') {
    // Which one is which changes with each change.
    if (form.get('secrets_at') !== String(row.secrets_at ?? ''))
      return { refused: 'The secrets were changed meanwhile; look again which one is to go.' };
    const index = Number(form.get('index'));
    return { change: change(own.filter((_, i) => i !== index)) };
  }
  const given = (form.get('key') ?? '').trim();
  if (given === '' && proof !== 'shared') return { refused: 'Paste the secret.' };
  const made = given === '' ? services.runtime.randomText(43) : null;
  return { change: change([...own, made ?? given]), ...(made === null ? {} : { made }) };
}

export const testSourceNow: Render = async (visit) => {
  const { services, caller, params } = visit;
  const row = await find(visit, params.id ?? '');
  if (row === null) return null;
  const asked = await ask<{ proof: 'own' | 'test-key'; sent: readonly Omit<Tried, 'event'>[] }>(
    visit,
    'post',
    '/v1/sources/:id/test',
    { params: { id: row.id } },
  );
  if (!asked.ok)
    return sourcePage(visit, row, { at: 'state', details: problemWords(asked.problem), form: visit.form });
  const tried: Tried[] = [];
  for (const one of asked.body.sent) {
    const { rows } = await services.store.events(caller.tenant, {
      address: one.address,
      limit: 1,
      after: null,
    });
    tried.push({ ...one, event: rows[0] ?? null });
  }
  return page(<SourceTested caller={caller} row={row} proof={asked.body.proof} tried={tried} />);
};
