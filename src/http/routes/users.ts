/** Who may sign in to the pages by name and password. */
import * as z from 'zod';
import { configure } from '../../app/configure.ts';
import { keptOf, passwordLimits } from '../../app/passwords.ts';
import { toRfc3339 } from '../../core/time.ts';
import type { UserRow } from '../../store/store.ts';
import { isProblem, pageOf, paging, placeOf, slice } from '../cursor.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { invalid, json, noContent, notFound } from '../problem.ts';
import { listing } from '../shapes.ts';

const about = { tag: 'Running it', scope: 'admin' } as const;
const { least, most } = passwordLimits;

const params = z.object({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'must be 1 to 63 lower-case letters, digits, and . _ -'),
});
const userShape = z
  .object({
    name: z.string(),
    role: z.enum(['admin', 'read']),
    created_at: z.string(),
    changed_at: z.string().meta({ description: 'the password or the role' }),
  })
  .meta({ id: 'User' });
const userOf = ({ name, role, created_at, changed_at }: UserRow): z.infer<typeof userShape> => ({
  name,
  role,
  created_at: toRfc3339(created_at),
  changed_at: toRfc3339(changed_at),
});

export const userEndpoints: readonly Endpoint[] = [
  endpoint({
    ...about,
    method: 'get',
    path: '/v1/users',
    summary: 'List who may sign in to the pages with a password',
    query: z.strictObject(paging),
    answers: { 200: { description: 'by name', schema: listing(userShape) } },
    async handle({ services, caller, query }) {
      const place = placeOf('users', query);
      if (isProblem(place)) return place;
      const rows = await services.store.users(caller.tenant);
      return json(
        pageOf(
          'users',
          place,
          slice(rows, (row) => row.name, place.request),
          userOf,
        ),
      );
    },
  }),
  endpoint({
    ...about,
    method: 'put',
    path: '/v1/users/:name',
    summary: 'Let somebody sign in to the pages, or change the password or role',
    description: 'Only its scrypt is kept. Another password or role ends the sessions of this user.',
    params,
    body: z.strictObject({
      role: z.enum(['admin', 'read']).meta({ description: 'read sees everything and changes nothing' }),
      password: z
        .string()
        .min(least, `must have ${least} characters or more`)
        .max(most)
        .optional()
        .meta({ description: 'may be left out where only the role changes' }),
    }),
    answers: {
      200: { description: 'changed', schema: userShape },
      201: { description: 'made', schema: userShape },
    },
    async handle({ services, caller: { tenant, actor }, params: { name }, body: { role, password } }) {
      const { store, runtime } = services;
      const kept = password === undefined ? null : await keptOf(runtime, password);
      const done = await configure(services, async () => {
        const before = await store.user(tenant, name);
        const secret = kept ?? before?.password ?? null;
        if (secret === null) return null;
        const now = runtime.now();
        const row: UserRow = {
          tenant,
          name,
          role,
          password: secret,
          created_at: before?.created_at ?? now,
          changed_at: now,
        };
        const action = before === null ? 'user.create' : 'user.change';
        const detail = { role, ...(kept === null ? {} : { password: 'set' }) };
        return {
          change: { put: 'user', row },
          note: { tenant, actor, action, subject: name, detail },
          value: { row, isNew: before === null },
        };
      });
      if (done === null) return invalid('/password', 'a new user needs a password');
      return json(userOf(done.row), done.isNew ? 201 : 200);
    },
  }),
  endpoint({
    ...about,
    method: 'delete',
    path: '/v1/users/:name',
    summary: 'Let a user sign in no more',
    description: 'Sessions of this user end with the next page.',
    params,
    answers: { 204: { description: 'gone' }, 404: { description: 'none of this name' } },
    async handle({ services, caller: { tenant, actor }, params: { name } }) {
      const gone = await configure(services, async () => {
        if ((await services.store.user(tenant, name)) === null) return null;
        return {
          change: { drop: 'user', tenant, id: name },
          note: { tenant, actor, action: 'user.remove', subject: name, detail: {} },
          value: true,
        };
      });
      return gone === null ? notFound('There is no user of this name.') : noContent();
    },
  }),
];
