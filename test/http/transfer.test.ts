import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { bounce, type Harness, START, startHarness } from './harness.ts';

let mailstop: Harness;
beforeEach(async () => {
  mailstop = await startHarness();
});
afterEach(() => mailstop.close());

const iso = (ms: number) => new Date(START + ms).toISOString();
const DAY = 86_400_000;
const send = (body: BodyInit, type = 'text/csv') =>
  mailstop.ask('POST', '/v1/suppressions/import', { body, headers: { 'Content-Type': type } });
const entries = async (query = '') => (await mailstop.ask('GET', `/v1/suppressions?${query}`)).body.data;
const entryOf = async (address: string) =>
  (await mailstop.ask('GET', `/v1/suppressions/${encodeURIComponent(address)}`)).body.entries?.[0];

describe('an import', () => {
  it('takes CSV with columns in any order, quotes, a BOM and Windows lines', async () => {
    const told = await send(
      `\ufeff"Note",EMAIL,Reason,until,ignored\r\n"a ""b"", c\nd",Ann@Example.com,Complaint,,x\r\n\r\n,bob@example.com,unsubscribed,${iso(DAY)}\r\n`,
    );
    expect(told.body).toMatchObject({ added: 2, unchanged: 0, skipped: 0, errors: [] });
    expect(await entryOf('ann@example.com')).toMatchObject({
      reason: 'complaint',
      origin: 'import',
      note: 'a "b", c\nd',
      until: null,
      stream: '*',
    });
    expect(await entryOf('bob@example.com')).toMatchObject({ reason: 'unsubscribe', until: iso(DAY) });
  });

  it.each([
    ['little', (bytes: Buffer) => bytes],
    ['big', (bytes: Buffer) => bytes.swap16()],
  ])('takes UTF-16 in %s endian, as spreadsheets and PowerShell write it', async (_endian, order) => {
    const csv = Buffer.from('\ufeffaddress,note\r\nann@example.com,für später\r\n', 'utf16le');
    expect((await send(Uint8Array.from(order(csv)))).body).toMatchObject({
      added: 1,
      skipped: 0,
      errors: [],
    });
    expect(await entryOf('ann@example.com')).toMatchObject({ note: 'für später' });
    const json = Buffer.from('\ufeff"bob@example.com"\n', 'utf16le');
    expect((await send(Uint8Array.from(order(json)), 'application/x-ndjson')).body).toMatchObject({
      added: 1,
      errors: [],
    });
  });

  it.each([
    ['semicolons', ';'],
    ['tabs', '\t'],
  ])('takes CSV with %s, as spreadsheets write it elsewhere', async (_name, mark) => {
    const rows = [
      ['email', 'reason', 'note'],
      ['ann@example.com', 'complaint', `"a${mark}b, ""c"""`],
      ['bob@example.com', 'unsubscribed', ''],
    ];
    const told = await send(rows.map((cells) => `${cells.join(mark)}\n`).join(''));
    expect(told.body).toMatchObject({ added: 2, skipped: 0, errors: [] });
    const note = `a${mark}b, "c"`;
    expect(await entryOf('ann@example.com')).toMatchObject({ reason: 'complaint', note });
    expect(await entryOf('bob@example.com')).toMatchObject({ reason: 'unsubscribe' });
  });

  it.each([
    ['status', 'Unsubscribed', 'unsubscribe'],
    ['Status', 'bounced', 'hard-bounce'],
    ['type', 'Spam complaint', 'complaint'],
    ['status', 'inactive', 'manual'],
  ])('without a reason takes it from %s where that names one: %s is %s', async (column, word, reason) => {
    const told = await send(`email,${column}\nann@example.com,${word}\n`);
    expect(told.body).toMatchObject({ added: 1, skipped: 0, errors: [] });
    expect(await entryOf('ann@example.com')).toMatchObject({ reason });
  });

  it('blocks nobody for ever whose type is a soft bounce', async () => {
    expect((await send('email,type\nann@example.com,soft\n')).body).toMatchObject({ added: 0, skipped: 1 });
  });

  it.each([',', ';', '\t'])('passes over "sep=%s", which is for spreadsheets', async (mark) => {
    const csv = [
      `sep=${mark}`,
      `name${mark}email${mark}reason`,
      `Ann${mark}ann@example.com${mark}complaint`,
      '',
    ];
    expect((await send(csv.join('\r\n'))).body).toMatchObject({ added: 1, skipped: 0, errors: [] });
    expect(await entryOf('ann@example.com')).toMatchObject({ reason: 'complaint' });
  });

  it.each(['E-Mail', 'E-mail address', 'mail', 'Email Address', 'EmailAddress', 'Recipient'])(
    'finds the address in a column called %s',
    async (name) => {
      const told = await send(`Name,${name},Reason\nAnn,ann@example.com,complaint\n`);
      expect(told.body).toMatchObject({ added: 1, skipped: 0, errors: [] });
      expect(await entryOf('ann@example.com')).toMatchObject({ reason: 'complaint' });
    },
  );

  it.each([',', '; ', '\t'])('tells of two addresses on one line, with "%s" between', async (mark) => {
    const told = await send(
      `ann@example.com${mark}bob@example.com\ncarl@example.com${mark}2024\n`,
      'text/plain',
    );
    expect(told.body).toMatchObject({
      added: 1,
      skipped: 1,
      errors: [{ line: 1, detail: 'more than one address: write one a line' }],
    });
    expect((await entries()).map(({ address }: { address: string }) => address)).toEqual([
      'carl@example.com',
    ]);
  });

  it('takes addresses alone, one a line', async () => {
    expect((await send('ann@example.com\nbob@example.com\n', 'text/plain')).body.added).toBe(2);
    expect(await entryOf('bob@example.com')).toMatchObject({ reason: 'manual', origin: 'import' });
  });

  it('takes NDJSON, in chunks that cut lines and characters', async () => {
    const bytes = new TextEncoder().encode(
      [
        '{"address":"ann@example.com","note":"für später"}',
        '"bob@example.com"',
        '',
        '{"address":"c@example.com","code":550,"enhanced":"5.1.1"}',
      ].join('\n'),
    );
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let i = 0; i < bytes.length; i += 7) controller.enqueue(bytes.slice(i, i + 7));
        controller.close();
      },
    });
    expect((await send(body, 'application/x-ndjson')).body).toMatchObject({
      added: 3,
      unchanged: 0,
      skipped: 0,
      errors: [],
    });
    expect(await entryOf('ann@example.com')).toMatchObject({ note: 'für später' });
    expect(await entryOf('c@example.com')).toMatchObject({
      reason: 'hard-bounce',
      code: '550',
      enhanced: '5.1.1',
      category: 'mailbox-unknown',
      until: null,
    });
  });

  it('tells each row that does not count with its line', async () => {
    const told = await send(
      [
        'address,reason,until,created_at,stream',
        'nobody,,,,',
        'a@example.com,because,,,',
        'b@example.com,,yesterday,,',
        'c@example.com,,2020-01-01,,',
        'd@example.com,,,soon,',
        'e@example.com,,,,a b',
        'f@example.com,soft bounce,,,',
        ',manual,,,',
        'ok@example.com,,,,',
      ].join('\n'),
    );
    expect(told.body.errors.map(({ line }: { line: number }) => line)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
    expect([told.body.added, told.body.skipped]).toEqual([1, 8]);
    // The fifth was understood: it ran out.
    expect(told.body.unreadable).toBe(7);
    expect(told.body.errors[1].detail).toContain('hard-bounce');
  });

  it('goes on after a row that is no CSV or no JSON', async () => {
    const csv = await send('address\na@example.com\nb"ad@example.com\nc@example.com\n');
    expect([csv.body.added, csv.body.skipped, csv.body.errors[0].line]).toEqual([2, 1, 3]);
    expect(csv.body.unreadable).toBe(1);
    const ndjson = await send(
      `{"address":"d@example.com"}\n{oops\n[1]\n"${'x'.repeat(70_000)}"\n{"address":"e@example.com"}\n`,
      'application/x-ndjson',
    );
    expect([
      ndjson.body.added,
      ndjson.body.skipped,
      ndjson.body.errors.map(({ line }: { line: number }) => line),
    ]).toEqual([2, 3, [2, 3, 4]]);
  });

  it('loses no row to a quote that another row has out of place', async () => {
    const good = Array.from({ length: 3_000 }, (_, i) => `g${i}@example.com,N\n`);
    const told = await send(
      `address,name\nann@example.com,"Ann" Smith\n${good.join('')}bob@example.com,"Bob\nc@example.com,"Al"\n`,
    );
    expect(told.body).toMatchObject({ added: 3_001, unchanged: 0, skipped: 2 });
    expect(told.body.errors).toEqual([
      { line: 2, detail: 'not CSV: a quote out of place' },
      { line: 3_003, detail: 'not CSV: a quote out of place' },
    ]);
    expect(await entryOf('c@example.com')).toMatchObject({ state: 'active' });
  });

  it('T049 takes the ends of lines off an address, and no other control', async () => {
    const list = await send('address\na@example.com\nb@example.com\r\n"c@example.com\n"\n\td@example.com\n');
    expect([list.body.added, list.body.unreadable]).toEqual([2, 2]);
    const ndjson = await send(
      '{"address":"e@example.com\\n"}\r\n{"email":" f@example.com "}\r\n"@g.example\\t"\n',
      'application/x-ndjson',
    );
    expect([ndjson.body.added, ndjson.body.unreadable]).toEqual([1, 2]);
    expect((await entries()).map(({ address }: { address: string }) => address).sort()).toEqual([
      'a@example.com',
      'b@example.com',
      'f@example.com',
    ]);
  });

  it('whose lines end in different ways has all of them', async () => {
    const list = await send('address,note\r\na@example.com,1\nb@example.com,"2\n3"\rc@example.com,4\r\n');
    expect([list.body.added, list.body.skipped]).toEqual([3, 0]);
  });

  it('sent again changes nothing', async () => {
    const body = 'address,reason\nann@example.com,complaint\nann@example.com,complaint\n';
    expect((await send(body)).body).toMatchObject({ added: 1, unchanged: 1 });
    mailstop.advance(DAY);
    expect((await send(body)).body).toMatchObject({ added: 0, unchanged: 2, skipped: 0 });
    expect(await entries()).toHaveLength(1);
  });

  test('T089 lengthens and never weakens', async () => {
    await mailstop.ask('PUT', '/v1/suppressions/ann@example.com', { json: { reason: 'complaint' } });
    const told = await send(
      `address,reason,until,status\nann@example.com,complaint,${iso(DAY)},\nann@example.com,,,active\n`,
    );
    expect(told.body).toMatchObject({
      added: 0,
      unchanged: 1,
      skipped: 1,
      unreadable: 0,
      errors: [{ line: 3, detail: expect.stringContaining('mail is welcome') }],
    });
    expect(await entryOf('ann@example.com')).toMatchObject({
      reason: 'complaint',
      origin: 'manual',
      until: null,
    });
    expect((await send(`address,until\nbob@example.com,${iso(DAY)}\n`)).body.added).toBe(1);
    expect((await send(`address,until\nbob@example.com,${iso(2 * DAY)}\n`)).body.added).toBe(1);
    expect((await send(`address,until\nbob@example.com,${iso(DAY)}\n`)).body.unchanged).toBe(1);
    expect(await entryOf('bob@example.com')).toMatchObject({ until: iso(2 * DAY) });
  });

  it('of a row dated before a release is skipped and says so', async () => {
    await mailstop.ask('PUT', '/v1/suppressions/ann@example.com', {});
    mailstop.advance(2 * DAY);
    await mailstop.ask('DELETE', '/v1/suppressions/ann@example.com?why=test');
    mailstop.advance(DAY);
    expect((await send(`address,created_at\nann@example.com,${iso(DAY)}\n`)).body).toMatchObject({
      added: 0,
      skipped: 1,
      unreadable: 0,
      errors: [{ line: 2, detail: expect.stringContaining('released after') }],
    });
    expect((await send('address\nann@example.com\n')).body.added).toBe(1);
  });

  test.each([
    [
      'a blocked IP',
      'ann@example.com,bounce,550,5.7.1,"550 5.7.1 Service unavailable; client host [192.0.2.1] blocked using Spamhaus (S3150)"',
      null,
    ],
    ['a full mailbox', 'ann@example.com,bounce,452,4.2.2,mailbox full', null],
    [
      'an unknown user',
      'ann@example.com,bounce,550,5.1.1,',
      { reason: 'hard-bounce', rule: 'import', until: null },
    ],
    ['a 504', 'ann@example.com,,504,,', { reason: 'hard-bounce', code: '504', blame: 'sender', until: null }],
    ['a bare bounce', 'ann@example.com,bounce,,,', { reason: 'hard-bounce', code: null, until: null }],
    ['a complaint with a code', 'ann@example.com,complaint,550,5.7.1,', { reason: 'complaint' }],
  ])('judges %s by the policy', async (_title, row, expected) => {
    const told = await send(`address,reason,code,enhanced,text\n${row}\n`);
    if (expected === null)
      expect(told.body).toMatchObject({
        added: 0,
        skipped: 1,
        errors: [{ line: 2, detail: expect.stringContaining('blocks nobody') }],
      });
    else expect(await entryOf('ann@example.com')).toMatchObject(expected);
  });

  it('of thousands of rows is stored in batches, each with its audit row', async () => {
    const rows = Array.from({ length: 2_500 }, (_, i) => `p${i}@example.com`);
    expect((await send(`address\n${rows.join('\n')}`)).body).toMatchObject({ added: 2_500, skipped: 0 });
    expect(
      (await mailstop.ask('GET', '/v1/audit')).body.data.map(
        ({ action, detail }: { action: string; detail: { rows: number } }) => [action, detail.rows],
      ),
    ).toEqual([
      ['suppression.import', 500],
      ['suppression.import', 1_000],
      ['suppression.import', 1_000],
    ]);
  });

  test.each([
    ['another type', 'application/json', {}, 415],
    ['another charset', 'text/csv; charset=utf-16', {}, 415],
    ['gzip', 'text/csv', { 'Content-Encoding': 'gzip' }, 415],
    ['more than 100 MiB', 'text/csv', { 'Content-Length': String(100 * 1024 * 1024 + 1) }, 413],
  ])('in %s (%s) is refused', async (_title, type, headers, status) => {
    const body = new ReadableStream<Uint8Array>({ start: (controller) => controller.close() });
    expect(
      (
        await mailstop.ask('POST', '/v1/suppressions/import', {
          body,
          headers: { 'Content-Type': type, ...headers },
        })
      ).status,
    ).toBe(status);
  });

  it('that is empty is fine', async () => {
    expect((await send('')).body).toEqual({
      format: null,
      by_reason: {},
      added: 0,
      unchanged: 0,
      skipped: 0,
      unreadable: 0,
      errors: [],
    });
    expect((await send('address\n')).body.added).toBe(0);
  });

  it('that is larger than it said is cut off at 100 MiB', async () => {
    const line = new TextEncoder().encode('\n'.repeat(1024 * 1024));
    let sent = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          sent++;
          controller.enqueue(line);
        },
      },
      { highWaterMark: 0 },
    );
    expect((await send(body)).status).toBe(413);
    expect(sent * line.length).toBeLessThan(102 * 1024 * 1024);
  }, 30_000);
});

describe('an export', () => {
  const fill = async () => {
    const source = await mailstop.source();
    await source.post([
      bounce('ann@example.com'),
      bounce('bob@example.com', { text: '504 5.5.4 not implemented' }),
    ]);
    await mailstop.ask('PUT', `/v1/suppressions/${encodeURIComponent('=cmd|x@example.com')}`, {
      json: { note: '=HYPERLINK("http://evil","x")\r\n-2+3', until: iso(DAY) },
    });
    await mailstop.ask('PUT', '/v1/suppressions/@example.org', {
      json: { reason: 'unsubscribe', note: '@SUM(A1)' },
    });
    await mailstop.ask('PUT', '/v1/suppressions/c@example.com', {
      json: { reason: 'complaint', stream: 'news', note: '\tüber "x"' },
    });
  };
  const core = (rows: Record<string, unknown>[]) =>
    rows
      .map(({ address, reason, stream, state, code, enhanced, category, until, note }) => ({
        address,
        reason,
        stream,
        state,
        code,
        enhanced,
        category,
        until,
        note,
      }))
      .sort((a, b) => (String(a.address) < String(b.address) ? -1 : 1));

  test.each([
    ['csv', '', 'text/csv'],
    ['csv for a spreadsheet', '?spreadsheet=true', 'text/csv'],
    ['ndjson', '?format=ndjson', 'application/x-ndjson'],
  ])('T063 as %s comes back as it was', async (_title, query, type) => {
    await fill();
    const before = core(await entries());
    expect(before).toHaveLength(5);
    const out = await mailstop.ask('GET', `/v1/suppressions/export${query}`);
    expect(out.headers.get('content-type')).toContain(type);
    const fresh = await startHarness();
    const told = await fresh.ask('POST', '/v1/suppressions/import', {
      body: out.text,
      headers: { 'Content-Type': type },
    });
    expect(told.body).toMatchObject({ added: 5, unchanged: 0, skipped: 0, errors: [] });
    const after = core((await fresh.ask('GET', '/v1/suppressions')).body.data);
    await fresh.close();
    // A cell of spaces and tabs at its ends is trimmed.
    expect(after).toEqual(
      before.map((row) => ({ ...row, note: typeof row.note === 'string' ? row.note.trim() : null })),
    );
  });

  test('T063 marks formulas for a spreadsheet, quotes every cell, and leaves plain CSV alone', async () => {
    await fill();
    const marked = (await mailstop.ask('GET', '/v1/suppressions/export?spreadsheet=true')).text;
    for (const cell of [
      `"'=cmd|x@example.com"`,
      `"'=HYPERLINK(""http://evil"",""x"")`,
      `"'@example.org"`,
      `"'@SUM(A1)"`,
      `"'\tüber`,
    ])
      expect(marked).toContain(cell);
    expect(marked.split('\n')[0]).toMatch(/^"address","reason"/);
    expect((await mailstop.ask('GET', '/v1/suppressions/export')).text).not.toContain(`"'`);
  });

  test('T064 has one file name that holds no line break', async () => {
    const { headers } = await mailstop.ask('GET', '/v1/suppressions/export');
    expect(headers.get('content-disposition')).toBe(
      'attachment; filename="suppressions-default-2026-01-10.csv"',
    );
  });

  it('goes by Accept, filters, and takes states that do not block', async () => {
    await fill();
    const lines = async (query: string) =>
      (
        await mailstop.ask('GET', `/v1/suppressions/export${query}`, {
          headers: { Accept: 'application/x-ndjson' },
        })
      ).text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
    expect(await lines('?reason=complaint')).toMatchObject([{ address: 'c@example.com', until: null }]);
    expect(await lines('?stream=news')).toHaveLength(1);
    expect(await lines('?state=released')).toEqual([]);
    await mailstop.ask('DELETE', '/v1/suppressions/ann@example.com?why=x');
    expect(await lines('?state=released')).toMatchObject([{ address: 'ann@example.com', state: 'released' }]);
    expect(
      (await send((await mailstop.ask('GET', '/v1/suppressions/export?state=released')).text)).body,
    ).toMatchObject({ added: 0, skipped: 1 });
  });

  it('of many pages holds every entry, also one that changes meanwhile', async () => {
    const rows = Array.from({ length: 2_500 }, (_, i) => `p${i}@example.com`);
    await send(`address\n${rows.join('\n')}`);
    mailstop.advance(1_000);
    const { entries: read } = mailstop.store;
    let pages = 0;
    const first = `p${0}@example.com`;
    Object.assign(mailstop.store, {
      entries: async (...given: Parameters<typeof read>) => {
        const page = await read(...given);
        // After the first page: an entry that has not been read yet moves to the front.
        if (++pages === 1)
          await mailstop.ask('PUT', `/v1/suppressions/${first}`, {
            json: { reason: 'manual', note: 'touched' },
          });
        return page;
      },
    });
    const out = (await mailstop.ask('GET', '/v1/suppressions/export?format=ndjson')).text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).address);
    expect(pages).toBeGreaterThan(3);
    expect(new Set(out)).toEqual(new Set(rows));
  });

  it('that cannot be read is 503, not half a file', async () => {
    Object.assign(mailstop.store, { entries: () => Promise.reject(new Error('disk I/O error')) });
    expect((await mailstop.ask('GET', '/v1/suppressions/export')).status).toBe(503);
  });
});
