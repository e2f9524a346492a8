/** The policy: what its rules are, which one would decide a reply, and how another one comes into force. */
import { documentOf } from '../../app/policies.ts';
import { policyDocument, writtenDocument, writtenRule, writtenTest } from '../../app/policy-document.ts';
import { differences, faultAt, type PolicyText, policyText, readPolicyText } from '../../app/policy-file.ts';
import { canonicalAddress } from '../../core/address.ts';
import { judgeReply } from '../../core/judge-reply.ts';
import { compile, differing, type PolicyDocument, warningsOf } from '../../core/policy-document.ts';
import { readReply } from '../../core/smtp.ts';
import { DAY } from '../../core/time.ts';
import { currentPolicy } from '../../http/policy-edits.ts';
import type { Problem } from '../../http/problem.ts';
import type { PolicyRow } from '../../store/store.ts';
import { ask } from '../ask.ts';
import { Policy, type Tried, Try, triedKinds } from '../pages/policy.tsx';
import { Edit, type Fault, type Simulated } from '../pages/policy-edit.tsx';
import { Version, type VersionOf, Versions } from '../pages/policy-versions.tsx';
import { page, queryOf, type Render, seeOther, type Visit } from '../visit.ts';

const MAX_REPLY = 4_096;

export const policy: Render = async ({ services, caller }) => {
  const { store, policies, runtime } = services;
  const [{ row, document }, inForce, counted] = await Promise.all([
    currentPolicy(services, caller.tenant),
    policies.of(caller.tenant),
    store.ruleCounts(caller.tenant, runtime.now() - 30 * DAY),
  ]);
  return page(
    <Policy
      caller={caller}
      policy={inForce}
      row={row}
      own={document.rules.map(({ id }) => id)}
      counted={counted}
    />,
  );
};

export const tryReply: Render = async ({ services, caller, request }) => {
  const query = queryOf(request);
  const reply = (query.get('reply') ?? '').trim().slice(0, MAX_REPLY);
  const given = (query.get('address') ?? '').trim();
  const kind = triedKinds.find((one) => one === query.get('kind')) ?? 'bounce';
  const address = given === '' ? null : canonicalAddress(given);
  const form = { reply, address: given, kind };
  const inForce = await services.policies.of(caller.tenant);
  let tried: Tried | null = null;
  if (address !== null && !address.ok) tried = { problem: `“${given}” is not an address: ${address.error}.` };
  else if (reply !== '') {
    const asked = { reply: readReply({ text: reply }), kind, address: address?.value ?? '' };
    const { found, rule } = judgeReply(inForce, asked);
    tried = { rule, place: inForce.rules.indexOf(rule) + 1, found, smtp: asked.reply };
  }
  return page(<Try caller={caller} form={form} tried={tried} />);
};

const textOf = (document: PolicyDocument): string => policyText(writtenDocument(document));

export const policyEditor: Render = async ({ services, caller, request }) => {
  const { version, document } = await currentPolicy(services, caller.tenant);
  const from = queryOf(request).get('from');
  const wanted = from === null ? document : await documentAt(services, caller.tenant, from);
  if (wanted === null) return null;
  const why = from === null ? '' : `back to version ${from}`;
  return page(<Edit caller={caller} version={version} text={textOf(wanted)} why={why} />);
};

/** Of a version that somebody named; null where there is none. */
async function documentAt(
  { store }: Visit['services'],
  tenant: string,
  text: string,
): Promise<PolicyDocument | null> {
  if (!/^\d{1,9}$/.test(text)) return null;
  if (Number(text) === 0) return documentOf(null);
  const row = await store.policyVersion(tenant, Number(text));
  return row === null ? null : documentOf(row);
}

export const editPolicy: Render = async (visit) => {
  const { services, caller, form } = visit;
  const [text, why] = [form.get('text') ?? '', (form.get('why') ?? '').trim()];
  const opened = form.get('version') ?? '';
  if (!/^\d{1,9}$/.test(opened)) return null;
  const show = (more: { faults?: readonly Fault[]; simulated?: Simulated }, status: number) =>
    page(<Edit caller={caller} version={Number(opened)} text={text} why={why} {...more} />, status);

  const read = readPolicyText(text);
  if (!read.ok) {
    const { line, detail } = read.error;
    return show({ faults: [{ line, words: `This is no YAML: ${detail}` }] }, 422);
  }
  const refused = ({ status, errors, detail }: Problem) =>
    show(
      {
        faults:
          errors.length === 0
            ? [{ line: null, words: detail }]
            : errors.map((error) => faultAt(read.value, error)),
      },
      status,
    );
  if (form.get('do') === 'activate') {
    const { value } = read.value;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    const done = await ask<{ version: number }>(visit, 'put', '/v1/policy', {
      json: isObject && why !== '' ? { ...value, why } : value,
      headers: { 'if-match': `"${opened}"` },
    });
    return done.ok ? seeOther(`/policy/versions/${done.body.version}`) : refused(done.problem);
  }
  const simulated = await ask<Simulated['preview']>(visit, 'post', '/v1/policy/simulate', {
    json: { policy: read.value.value },
  });
  if (!simulated.ok) return refused(simulated.problem);
  const wanted = policyDocument.parse(read.value.value);
  const { document } = await currentPolicy(services, caller.tenant);
  return show(
    {
      simulated: {
        preview: simulated.body,
        changes: differences(whole(document), whole(wanted)),
        cases: wanted.tests.length,
        warnings: warningsOf(wanted),
      },
    },
    200,
  );
};

/** With the default rules, so that what replaces one of them is shown against it. */
function whole(document: PolicyDocument): PolicyText {
  const { rules, matrix, streams } = compile(differing(document), 0);
  return {
    rules: rules.map(writtenRule),
    streams,
    matrix: { ...matrix },
    tests: document.tests.map(writtenTest),
  };
}

const VERSIONS_SHOWN = 50;

export const policyVersions: Render = async ({ services, caller, request }) => {
  const before = queryOf(request).get('before') ?? '';
  const [{ version }, found] = await Promise.all([
    currentPolicy(services, caller.tenant),
    services.store.policyVersions(caller.tenant, {
      limit: VERSIONS_SHOWN,
      after: /^\d{1,9}$/.test(before) ? [Number(before)] : null,
    }),
  ]);
  const before_ = found.next === null ? null : Number(found.next[0]);
  return page(
    <Versions caller={caller} current={version} rows={found.rows.map(versionOf)} before={before_} />,
  );
};

const versionOf = (row: PolicyRow): VersionOf => {
  const { rules, streams, tests, why = null } = documentOf(row);
  return {
    version: row.version,
    at: row.created_at,
    actor: row.actor,
    why,
    rules: rules.length,
    streams: Object.keys(streams).length,
    cases: tests.length,
  };
};

export const policyVersion: Render = async ({ services, caller, params: { version = '' } }) => {
  const { tenant } = caller;
  const document = await documentAt(services, tenant, version);
  if (document === null) return null;
  const number = Number(version);
  const [row, before, current] = await Promise.all([
    services.store.policyVersion(tenant, number),
    number === 0 ? null : documentAt(services, tenant, String(number - 1)),
    currentPolicy(services, tenant),
  ]);
  return page(
    <Version
      caller={caller}
      of={row === null ? null : versionOf(row)}
      isCurrent={current.version === number}
      isDeciding={current.version === number && row?.redecided_to != null}
      text={textOf(document)}
      changes={before === null ? [] : differences(whole(before), whole(document))}
    />,
  );
};
