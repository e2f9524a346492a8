/** The whole database out and in over HTTP. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lineOf } from '../../src/app/dump.ts';
import { bounce, type Harness, startHarness } from './harness.ts';

let from: Harness;
let to: Harness;
beforeEach(async () => {
  from = await startHarness();
  to = await startHarness();
});
afterEach(async () => {
  await from.close();
  await to.close();
});

const ndjson = { 'Content-Type': 'application/x-ndjson' };
const restore = (body: string) => to.ask('POST', '/v1/restore', { body, headers: ndjson });
const dump = async (harness: Harness, query = '') => (await harness.ask('GET', `/v1/dump${query}`)).text;
const linesOf = (text: string) => text.trimEnd().split('\n');

async function fill(): Promise<void> {
  const source = await from.source();
  await source.post([bounce('ann@example.com'), bounce('bob@example.com'), { recipient: 'nobody at all' }]);
}

describe('a dump', () => {
  test('tells a text with a NUL, as earlier versions kept it, as every engine keeps it', () => {
    const fields = { address: 'ann@example.com', note: 'a\0b', until: null };
    expect(JSON.parse(lineOf({ table: 'suppressions', fields }))).toEqual({
      suppressions: { address: 'ann@example.com', note: 'a\ufffdb' },
    });
  });

  test('holds a row a line, and ends with how many there are', async () => {
    await fill();
    const told = await from.ask('GET', '/v1/dump');
    expect(told.headers.get('content-type')).toBe('application/x-ndjson');
    const lines = linesOf(told.text);
    const end = JSON.parse(lines.pop() ?? '');
    expect(end).toEqual({ end: { rows: lines.length, next: null } });
    const tables = lines.map((line) => Object.keys(JSON.parse(line))[0]);
    expect(tables.filter((name) => name === 'events')).toHaveLength(2);
    expect(tables.at(0)).toBe('tenants');
    expect(tables.at(-1)).toBe('audit');
  });

  test('in parts is the dump as a whole', async () => {
    await fill();
    const whole = linesOf(await dump(from)).slice(0, -1);
    const parts: string[] = [];
    let next: unknown = null;
    do {
      const after: string = next === null ? '' : `&after=${encodeURIComponent(JSON.stringify(next))}`;
      const lines = linesOf(await dump(from, `?limit=1${after}`));
      next = JSON.parse(lines.pop() ?? '').end.next;
      parts.push(...lines);
    } while (next !== null);
    expect(parts).toEqual(whole);
  });

  test('after what is no place in it says what to give', async () => {
    for (const after of ['x', '{}', '{"table":"events"}', '{"table":"events","key":[null]}']) {
      const told = await from.ask('GET', `/v1/dump?after=${encodeURIComponent(after)}`);
      expect(told).toMatchObject({
        status: 400,
        body: { detail: expect.stringContaining('give what "next"') },
      });
    }
  });

  test('holds no secret of a source and no key in the open', async () => {
    await fill();
    const key = await from.key(['read']);
    const text = await dump(from);
    expect(text).not.toContain('shared-secret-of-the-tests');
    expect(text).not.toContain(key);
  });
});

describe('a restore', () => {
  test('makes the same database, answers as it did, and says where it ended', async () => {
    await fill();
    const text = await dump(from);
    const told = await restore(text);
    expect(told).toMatchObject({ status: 200, body: { rows: linesOf(text).length - 1 } });
    expect(told.body.end.table).toBe('audit');
    expect(await dump(to)).toBe(text);
    const check = { json: { addresses: ['ann@example.com', 'cy@example.com'] } };
    const [before, after] = [
      await from.ask('POST', '/v1/check', check),
      await to.ask('POST', '/v1/check', check),
    ];
    expect(after.body.results.map((one: { suppressed: boolean }) => one.suppressed)).toEqual([true, false]);
    expect(after.body.results).toEqual(before.body.results);
  });

  test('without a body says where to go on', async () => {
    expect((await to.ask('POST', '/v1/restore')).body).toEqual({ rows: 0, end: null });
    await fill();
    const lines = linesOf(await dump(from));
    const until = lines.findIndex((line) => line.startsWith('{"events"'));
    await restore(`${lines.slice(0, until + 1).join('\n')}\n`);
    const { end } = (await to.ask('POST', '/v1/restore')).body;
    expect(end.table).toBe('events');
    const rest = await dump(from, `?after=${encodeURIComponent(JSON.stringify(end))}`);
    expect((await restore(rest)).status).toBe(200);
    expect(await dump(to)).toBe(await dump(from));
  });

  test('over a list that is there is refused, and changes nothing', async () => {
    await fill();
    const text = await dump(from);
    const source = await to.source({ name: 'theirs' });
    await source.post([bounce('zoe@example.com')]);
    const before = await dump(to);
    const told = await restore(text);
    expect(told).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('Restore into a new database') },
    });
    expect(linesOf(await dump(to)).filter((line) => !line.startsWith('{"end"'))).toEqual(
      linesOf(before).filter((line) => !line.startsWith('{"end"')),
    );
  });

  test.each([
    ['no JSON', 'nonsense', 'Line 1 is not JSON'],
    ['another shape', '["a"]', 'Line 1 is no line of a dump'],
    ['two tables in one', '{"events":{},"acts":{}}', 'Line 1 is no line of a dump'],
    ['a value of no column', '{"seen":{"tenant":["x"]}}', 'Line 1 holds in "tenant" what no column holds'],
    [
      'a table of another version',
      '{"of-another-version":{"id":"i"}}',
      'a table or a column that this version does not have',
    ],
    [
      'a column of another version',
      '{"seen":{"tenant":"default","digest":"d","forget_at":1,"colour":"x"}}',
      'a column that this version does not have',
    ],
  ])('of %s names the line and stores nothing', async (_title, line, detail) => {
    expect(await restore(`${line}\n`)).toMatchObject({
      status: 422,
      body: { detail: expect.stringContaining(detail) },
    });
    expect((await to.ask('POST', '/v1/restore')).body.end).toBeNull();
  });

  test('takes lines of JSON and nothing else, and no more than 32 MiB', async () => {
    expect(
      (await to.ask('POST', '/v1/restore', { body: 'x', headers: { 'Content-Type': 'text/csv' } })).status,
    ).toBe(415);
    expect((await to.ask('POST', '/v1/restore', { body: new Uint8Array([120]) })).status).toBe(415);
    const declared = { ...ndjson, 'Content-Length': String(33 * 1024 * 1024) };
    expect((await to.ask('POST', '/v1/restore', { body: 'x', headers: declared })).status).toBe(413);
  });

  test('is for the operator alone, as is a dump', async () => {
    await from.ask('POST', '/v1/tenants', { json: { id: 'acme', name: 'Acme' } });
    for (const key of [await from.key(['admin'], 'acme'), await from.key(['read', 'write'])]) {
      expect((await from.ask('GET', '/v1/dump', { key })).status).toBe(403);
      expect((await from.ask('POST', '/v1/restore', { key })).status).toBe(403);
    }
  });
});
