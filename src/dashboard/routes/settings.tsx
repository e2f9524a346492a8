/** Streams and outgoing webhooks, changed by the API's own endpoints. */
import { may } from '../../http/auth.ts';
import { currentPolicy } from '../../http/policy-edits.ts';
import { type Asked, ask } from '../ask.ts';
import { type Failed, Settings } from '../pages/settings.tsx';
import type { Tested, Webhook } from '../pages/settings-webhooks.tsx';
import { sentenceOf } from '../problem-words.ts';
import { page, type Render, seeOther, type Visit } from '../visit.ts';

export const settings: Render = (visit) => settingsPage(visit);

async function settingsPage(
  visit: Visit,
  {
    failed = null,
    secret = null,
    tested = null,
  }: { failed?: Failed | null; secret?: string | null; tested?: Tested | null } = {},
  status = 200,
): Promise<Response> {
  const { services, caller } = visit;
  const { document } = await currentPolicy(services, caller.tenant);
  const webhooks = may(caller, 'admin')
    ? await ask<{ data: Webhook[] }>(visit, 'get', '/v1/webhooks', { query: { limit: '1000' } })
    : null;
  return page(
    <Settings
      caller={caller}
      streams={document.streams}
      webhooks={webhooks?.ok === true ? webhooks.body.data : null}
      publicUrl={services.settings.publicUrl}
      failed={failed}
      secret={secret}
      tested={tested}
    />,
    status,
  );
}

/** Back to the page, or the page with what is wrong. */
async function after(visit: Visit, of: Failed['of'], typed: string, done: Asked<unknown>): Promise<Response> {
  if (done.ok) return seeOther('/settings');
  const { status } = done.problem;
  return settingsPage(visit, { failed: { of, problem: sentenceOf(done.problem), typed } }, status);
}

export const changeStream: Render = async (visit) => {
  const { form } = visit;
  const [id, of] = [(form.get('id') ?? '').trim(), form.get('class')];
  const requests: Record<string, () => Promise<Asked<unknown>>> = {
    add: () => ask(visit, 'post', '/v1/streams', { json: { id, class: of } }),
    change: () => ask(visit, 'patch', '/v1/streams/:id', { params: { id }, json: { class: of } }),
    delete: () => ask(visit, 'delete', '/v1/streams/:id', { params: { id } }),
  };
  const wanted = form.get('do') ?? '';
  if (!Object.hasOwn(requests, wanted)) return null;
  return after(visit, 'stream', id, (await requests[wanted]?.()) as Asked<unknown>);
};

export const changeWebhook: Render = async (visit) => {
  const { form } = visit;
  const [id, url, type] = ['id', 'url', 'type'].map((name) => (form.get(name) ?? '').trim());
  const params = { id: id ?? '' };
  switch (form.get('do')) {
    case 'add': {
      const made = await ask<{ secret: string }>(visit, 'post', '/v1/webhooks', {
        json: { url, types: type === '' ? [] : [type] },
      });
      // Shown once, so that there is nowhere to be sent on to.
      return made.ok
        ? settingsPage(visit, { secret: made.body.secret })
        : after(visit, 'webhook', url ?? '', made);
    }
    case 'test': {
      const answered = await ask<Omit<Tested, 'id'>>(visit, 'post', '/v1/webhooks/:id/test', { params });
      return answered.ok
        ? settingsPage(visit, { tested: { ...answered.body, ...params } })
        : after(visit, 'webhook', '', answered);
    }
    case 'pause':
    case 'resume':
      return after(
        visit,
        'webhook',
        '',
        await ask(visit, 'patch', '/v1/webhooks/:id', {
          params,
          json: { disabled: form.get('do') === 'pause' },
        }),
      );
    case 'delete':
      return after(visit, 'webhook', '', await ask(visit, 'delete', '/v1/webhooks/:id', { params }));
    default:
      return null;
  }
};
