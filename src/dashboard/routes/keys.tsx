/** Keys and users, by the API's own endpoints. */
import { ask } from '../ask.ts';
import { type Failed, type Key, Keys, type User } from '../pages/keys.tsx';
import { sentenceOf } from '../problem-words.ts';
import { page, type Render, seeOther, type Visit } from '../visit.ts';

export const keys: Render = (visit) => keysPage(visit);

const ALL = { query: { limit: '1000' } };

async function keysPage(
  visit: Visit,
  { failed = null, made = null }: { failed?: Failed | null; made?: string | null } = {},
  status = 200,
): Promise<Response> {
  const [known, users] = await Promise.all([
    ask<{ data: Key[] }>(visit, 'get', '/v1/keys', ALL),
    ask<{ data: User[] }>(visit, 'get', '/v1/users', ALL),
  ]);
  return page(
    <Keys
      caller={visit.caller}
      keys={known.ok ? known.body.data : []}
      users={users.ok ? users.body.data : []}
      failed={failed}
      made={made}
    />,
    status,
  );
}

export const createKey: Render = async (visit) => {
  const { form } = visit;
  const [name, limit] = [form.get('name') ?? '', (form.get('rate_limit') ?? '').trim()];
  const scopes = form.getAll('scope');
  const made = await ask<{ key: string }>(visit, 'post', '/v1/keys', {
    json: { name, scopes, ...(limit === '' ? {} : { rate_limit: Number(limit) }) },
  });
  // Shown once, so that there is nowhere to be sent on to.
  if (made.ok) return keysPage(visit, { made: made.body.key });
  const { status } = made.problem;
  const typed = { name, rate_limit: limit, scopes: scopes.join(' ') };
  return keysPage(visit, { failed: { of: 'key', problem: sentenceOf(made.problem), typed } }, status);
};

export const revokeKey: Render = async (visit) => {
  const done = await ask(visit, 'delete', '/v1/keys/:id', { params: { id: visit.form.get('id') ?? '' } });
  if (done.ok) return seeOther('/keys');
  const { status } = done.problem;
  return keysPage(visit, { failed: { of: 'key', problem: sentenceOf(done.problem), typed: {} } }, status);
};

export const changeUser: Render = async (visit) => {
  const { form } = visit;
  const name = (form.get('name') ?? '').trim().toLowerCase();
  const [role, password] = [form.get('role') ?? '', form.get('password') ?? ''];
  const params = { name };
  const wanted = form.get('do');
  if (wanted !== 'set' && wanted !== 'remove') return null;
  const done =
    wanted === 'set'
      ? await ask(visit, 'put', '/v1/users/:name', { params, json: { role, password } })
      : await ask(visit, 'delete', '/v1/users/:name', { params });
  if (done.ok) return seeOther('/keys');
  const { status } = done.problem;
  return keysPage(
    visit,
    { failed: { of: 'user', problem: sentenceOf(done.problem), typed: { user: name, role } } },
    status,
  );
};
