/** What a list whose addresses are hashed answers: the same as one that holds them (T101). */
import { afterEach, expect, it } from 'vitest';
import { bounce, type Harness, SHARED, START, startHarness } from './harness.ts';

const DAY = 86_400_000;
const ANN = 'ann.lovelace@victim.example';
const BOB = 'bob+news@victim.example';
const QUOTED = '"carl \\"x\\" gauss"@victim.example';
const FRIEND = 'forwarded.to@friend.example';
const LEAVER = 'hilda.leaves@victim.example';

let mailstop: Harness;
afterEach(() => mailstop.close());

const check = async (addresses: readonly string[], stream?: string) =>
  (
    await mailstop.ask('POST', '/v1/check', {
      json: { addresses, ...(stream === undefined ? {} : { stream }) },
    })
  ).body.results;

/** Days after START of which reports tell: the clock goes with them. */
let day = 0;
const on = (days: number) => {
  mailstop.advance((days - day) * DAY);
  day = days;
};
const fact = (recipient: string, more: Record<string, unknown> = {}) => ({
  ...bounce(recipient, {
    at: new Date(START + day * DAY).toISOString(),
    id: `${recipient} ${day}`,
    message_id: `${recipient} ${day}`,
  }),
  ...more,
});
const iso = (days: number) => new Date(START + days * DAY).toISOString();

type Post = Awaited<ReturnType<Harness['source']>>['post'];
const scenarios: Readonly<Record<string, (post: Post) => Promise<unknown>>> = {
  'a dead address climbs its ladder, and a redelivery does not count': async (post) => {
    const answers = [];
    for (const days of [0, 0, 8, 40]) {
      on(days);
      answers.push((await post(fact(ANN, { text: '550 no' }))).body, (await check([ANN]))[0].until);
    }
    return answers;
  },
  'an address is found in the list by itself': async (post) => {
    await post(fact(ANN, { text: '550 5.1.1 user unknown' }));
    await post(fact(BOB, { text: '550 5.1.1 user unknown' }));
    const page = { q: ANN, states: ['active'], limit: 5, after: null } as const;
    const { store, runtime } = mailstop.services;
    const answers = [
      await store.entries('default', page, runtime.now()),
      await store.search('default', page, runtime.now()),
    ].map(({ rows }) => rows.map(({ address, reason }) => [address, reason]));
    expect(answers).toEqual([[[ANN, 'hard-bounce']], [[ANN, 'hard-bounce']]]);
    return answers;
  },
  'what came while a source was paused is acted on when it is resumed': async (post) => {
    const [source] = (await mailstop.ask('GET', '/v1/sources')).body.data;
    const paused = (json: { paused: boolean }) => mailstop.ask('PATCH', `/v1/sources/${source.id}`, { json });
    await paused({ paused: true });
    const told = (await post(fact(ANN, { text: '550 5.1.1 user unknown' }))).body;
    const meanwhile = (await check([ANN]))[0].suppressed;
    await paused({ paused: false });
    const after = (await check([ANN]))[0].suppressed;
    expect([meanwhile, after]).toEqual([false, true]);
    return [told, meanwhile, after];
  },
  'soft failures are counted by the day': async (post) => {
    const answers = [];
    for (const days of [0, 1, 2, 3, 4, 5]) {
      on(days);
      await post(fact(ANN, { event: 'bounce', text: '452 4.2.2 Mailbox full' }));
      answers.push((await check([ANN]))[0].until);
    }
    return answers;
  },
  'a domain is blocked by different people, and one person is never two': async (post) => {
    const gone = { text: '550 5.1.2 Recipient address rejected: Domain not found' };
    const answers = [];
    // Two people, of whom the one is told of twice in a request, beside what is read back of them: three would be enough.
    for (const days of [0, 1, 2, 3]) {
      on(days);
      const again = `again ${day}`;
      await post([fact(ANN, gone), fact(ANN, { ...gone, id: again, message_id: again }), fact(BOB, gone)]);
      answers.push((await check(['nobody@victim.example']))[0].suppressed);
    }
    on(6);
    await post([fact(LEAVER, gone)]);
    answers.push((await check(['nobody@victim.example']))[0]);
    expect(answers).toMatchObject([false, false, false, false, { suppressed: true }]);
    return answers;
  },
  'a delivery frees, and a mark of it makes a later failure a doubt': async (post) => {
    await post(fact(ANN));
    on(1);
    await post(fact(ANN, { event: 'delivery', text: undefined }));
    const free = await check([ANN]);
    on(3);
    await post(fact(ANN));
    return [free, (await check([ANN]))[0].until];
  },
  'checks answer each spelling, in order, of a stream too': async (post) => {
    await post(fact(ANN, { event: 'unsubscribe', stream: 'news', text: undefined }));
    await mailstop.ask('PUT', '/v1/suppressions/@friend.example', { json: {} });
    const asked = [ANN.toUpperCase(), ANN, 'nobody', FRIEND, BOB, QUOTED];
    const lines = await mailstop.ask('POST', '/v1/check', {
      body: asked.map((address) => JSON.stringify({ address })).join('\n'),
      headers: { 'Content-Type': 'application/x-ndjson' },
    });
    return [await check(asked), await check(asked, 'news'), await check(asked, 'other'), lines.status];
  },
  'an entry is told, found and released by the address': async (post) => {
    await post([fact(ANN), fact(BOB)]);
    const at = `/v1/suppressions/${ANN}`;
    const put = (await mailstop.ask('PUT', at, { json: { note: 'a word' } })).body;
    const one = (await mailstop.ask('GET', at)).body;
    const events = (await mailstop.ask('GET', `/v1/events?address=${ANN}`)).body.data;
    const listed = [`q=${ANN}`, 'domain=victim.example', 'domain=friend.example', 'reason=manual'].map(
      async (query) => (await mailstop.ask('GET', `/v1/suppressions?${query}`)).body.data.length,
    );
    const story = (await mailstop.ask('GET', `/v1/addresses/${ANN}`)).body;
    const gone = await mailstop.ask('DELETE', at, {
      json: { why: 'asked', reasons: ['manual', 'hard-bounce'] },
    });
    return [put, one, events, await Promise.all(listed), story, gone.body, await check([ANN, BOB])];
  },
  'somebody answers for an address': async (post) => {
    await post(fact(ANN));
    const put = await mailstop.ask('PUT', `/v1/allowed/${ANN}`, {
      json: { until: iso(30), note: 'knows her' },
    });
    const known = (await mailstop.ask('GET', '/v1/allowed')).body.data.length;
    return [put.body, known, await check([ANN])];
  },
  'a selection is released and taken back': async (post) => {
    await post([fact(ANN), fact(BOB), fact(FRIEND)]);
    const json = { filter: { domain: 'victim.example' }, why: 'mended' };
    const dry = (await mailstop.ask('POST', '/v1/releases', { json: { ...json, dry_run: true } })).body;
    const { id } = (await mailstop.ask('POST', '/v1/releases', { json })).body;
    const free = await check([ANN, BOB, FRIEND]);
    const undone = await mailstop.ask('POST', `/v1/releases/${id}/undo`, { json: { why: 'not mended' } });
    return [dry, free, undone.body, await check([ANN, BOB, FRIEND])];
  },
  'an incident holds, and its release frees': async (post) => {
    const people = Array.from({ length: 25 }, (_, i) => `person${i}@gmail.com`);
    await post(people.map((one) => fact(one, { event: 'delivery', text: undefined })));
    on(5);
    // Each reply names its recipient.
    await post(
      people.map((one) => fact(one, { text: `550-5.1.1 <${one}> The account does not exist - gsmtp` })),
    );
    await mailstop.services.guard.look('noticed');
    const [incident] = (await mailstop.ask('GET', '/v1/incidents')).body.data;
    const held = await check(people);
    await mailstop.ask('POST', `/v1/incidents/${incident.id}/release`, { json: { why: `${ANN} says so` } });
    return [incident, held, await check(people)];
  },
  'another policy decides anew, and the list is what its facts say': async (post) => {
    await post([fact(ANN, { text: '550 5.7.1 Message refused by our filter' }), fact(BOB)]);
    const before = await check([ANN, BOB]);
    const { body: policy } = await mailstop.ask('GET', '/v1/policy');
    const rules = [
      {
        id: 'ours',
        when: { text: 'refused by our filter' },
        then: { do: 'suppress', for: '90d' },
        why: 'ours',
      },
      ...(policy.rules ?? []),
    ];
    const put = await mailstop.ask('PUT', '/v1/policy', { json: { ...policy, rules } });
    const rebuilt = await mailstop.ask('GET', '/v1/rebuild');
    return [before, put.status, rebuilt.body, await check([ANN, BOB])];
  },
  'a message that a source has told of proves bounce mail about it': async (post) => {
    await post(fact(ANN, { event: 'delivery', text: undefined, message_id: `${ANN}.1@mta.example` }));
    const { id } = (
      await mailstop.ask('POST', '/v1/sources', {
        json: { provider: 'dsn', name: 'mail', secrets: { keys: [SHARED] }, trust: 'proven' },
      })
    ).body;
    const answers = [];
    for (const message of ['other@mta.example', `${ANN}.1@mta.example`]) {
      const body = [
        'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
        `Message-ID: <of.${message}>`,
        '',
        '--b',
        'Content-Type: message/delivery-status',
        '',
        'Reporting-MTA: dns; mx.example.com',
        '',
        `Final-Recipient: rfc822; ${ANN}`,
        'Action: failed',
        'Status: 5.1.1',
        'Diagnostic-Code: smtp; 550 5.1.1 no such user',
        '',
        '--b',
        'Content-Type: text/rfc822-headers',
        '',
        `Message-ID: <${message}>`,
        '',
        '--b--',
        '',
      ].join('\r\n');
      const headers = { 'Content-Type': 'message/rfc822', Authorization: `Bearer ${SHARED}` };
      answers.push((await mailstop.ask('POST', `/webhooks/${id}`, { key: null, body, headers })).body);
      answers.push((await mailstop.ask('GET', '/v1/events')).body.data[0].proven);
    }
    return answers;
  },
};

/** Ids differ from list to list. Texts are told without the person, and whom nobody asked for by the hash. */
const comparable = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (name, one) =>
      ['text', 'sample', 'cause', 'message_id', 'provider_event_id', 'etag', 'preview', 'samples'].includes(
        name,
      )
        ? typeof one
        : one,
    ).replace(/\b([a-z]+_)[0-9A-Za-z]{10,}/g, '$1'),
  );

it.each(Object.entries(scenarios))('%s', { timeout: 60_000 }, async (_title, scenario) => {
  const answersOf = async (given: { pepper?: string }) => {
    day = 0;
    mailstop = await startHarness(given);
    return comparable(await scenario((await mailstop.source()).post));
  };
  const plain = await answersOf({});
  await mailstop.close();
  expect(JSON.stringify(plain)).not.toContain('about:blank');
  expect(await answersOf({ pepper: 'pepper-of-the-tests-0123456789abcdef' })).toEqual(plain);
});
