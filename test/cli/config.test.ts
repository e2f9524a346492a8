import { resolve } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { readConfig } from '../../src/config.ts';

const LONG = 'abcdefghijklmnopqrstuvwxyz012345';

const readOf = (env: Record<string, string>) => {
  const config = readConfig(env);
  if (!config.ok) throw new Error(config.error.join('; '));
  return config.value;
};
const problemsOf = (env: Record<string, string>): readonly string[] => {
  const config = readConfig(env);
  return config.ok ? [] : config.error;
};

describe('the environment', () => {
  it('needs nothing', () => {
    expect(readOf({})).toEqual({
      port: 8787,
      database: { kind: 'file', file: resolve('data/mailstop.db') },
      adminKey: null,
      publicUrl: null,
      secret: null,
      mxResolver: null,
    });
  });

  it.each(['system', '127.0.0.1:5353', '[::1]:53', '9.9.9.9', 'https://cloudflare-dns.com/dns-query'])(
    'takes %s for a resolver',
    (named) => {
      expect(readOf({ MAILSTOP_MX_RESOLVER: named })).toMatchObject({ mxResolver: named });
    },
  );

  it.each(['yes', 'http://dns.test/', '127.0.0.1:', 'dns.test:53'])('takes %s for none', (named) => {
    expect(problemsOf({ MAILSTOP_MX_RESOLVER: named }).join()).toMatch(
      /^MAILSTOP_MX_RESOLVER must be "system"/,
    );
  });

  it('takes an empty variable as unset', () => {
    expect(
      readOf({
        PORT: '',
        MAILSTOP_ADMIN_KEY: '',
        MAILSTOP_SECRET: '',
        MAILSTOP_PUBLIC_URL: '',
        MAILSTOP_DATABASE_URL: '',
      }),
    ).toEqual(readOf({}));
  });

  it('takes the admin key and the secret as they are', () => {
    const config = readOf({ MAILSTOP_ADMIN_KEY: ` ${LONG} `, MAILSTOP_SECRET: LONG });
    expect(config.adminKey).toBe(` ${LONG} `);
    expect(config.secret).toBe(LONG);
  });

  test.each([
    ['file:./a/b.db', resolve('a/b.db')],
    ['file:a.db', resolve('a.db')],
    ['file:/srv/a.db', '/srv/a.db'],
    ['file:///srv/with%20space/a.db', '/srv/with space/a.db'],
  ])('MAILSTOP_DATABASE_URL=%s is the file %s', (url, file) => {
    expect(readOf({ MAILSTOP_DATABASE_URL: url }).database).toEqual({ kind: 'file', file });
  });

  it('takes PostgreSQL, with a secret that all instances share', () => {
    const url = 'postgres://mailstop:secret@db.example.com:5432/mailstop';
    expect(readOf({ MAILSTOP_DATABASE_URL: url, MAILSTOP_SECRET: LONG }).database).toEqual({
      kind: 'postgres',
      url,
    });
    const refused = readConfig({ MAILSTOP_DATABASE_URL: url });
    expect(refused).toMatchObject({
      ok: false,
      error: [expect.stringContaining('MAILSTOP_SECRET is needed')],
    });
    expect(JSON.stringify(refused)).not.toContain('secret@');
  });

  test.each([
    ['https://mail.example.com/', 'https://mail.example.com'],
    ['http://localhost:8787/base/', 'http://localhost:8787/base'],
  ])('MAILSTOP_PUBLIC_URL=%s is kept without its last slash', (given, kept) => {
    expect(readOf({ MAILSTOP_PUBLIC_URL: given }).publicUrl).toBe(kept);
  });

  test.each([
    ['PORT', '70000', 'number from 0 to 65535'],
    ['PORT', '80a', 'number from 0 to 65535'],
    ['PORT', '-1', 'number from 0 to 65535'],
    ['MAILSTOP_DATABASE_URL', 'postgres://localhost/', 'must name a database'],
    ['MAILSTOP_DATABASE_URL', 'mysql://localhost/x', 'must start with "file:" or "postgres:"'],
    ['MAILSTOP_DATABASE_URL', './data/mailstop.db', 'must start with "file:"'],
    ['MAILSTOP_DATABASE_URL', 'file:', 'must start with "file:"'],
    ['MAILSTOP_DATABASE_URL', 'file:a.db?mode=ro', 'no "?"'],
    ['MAILSTOP_DATABASE_URL', 'file::memory:', 'must name a file'],
    ['MAILSTOP_DATABASE_URL', 'file://otherhost/a.db', 'not a file URL'],
    ['MAILSTOP_ADMIN_KEY', 'short', '32 characters or more'],
    ['MAILSTOP_SECRET', LONG.slice(1), '32 characters or more'],
    ['MAILSTOP_PUBLIC_URL', 'mail.example.com', 'such as https://'],
    ['MAILSTOP_PUBLIC_URL', 'ftp://mail.example.com', 'such as https://'],
    ['MAILSTOP_PUBLIC_URL', 'https://mail.example.com/?a=b', 'such as https://'],
  ])('%s=%s is refused with the variable and the fix', (name, value, fix) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name} `));
    expect(problems[0]).toContain(fix);
  });

  it('tells all problems at once, and no secret', () => {
    const problems = problemsOf({
      PORT: 'x',
      MAILSTOP_DATABASE_URL: 'x',
      MAILSTOP_ADMIN_KEY: 'hunter2',
      MAILSTOP_PUBLIC_URL: 'x',
      MAILSTOP_SECRET: 'swordfish',
    });
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'PORT',
      'MAILSTOP_DATABASE_URL',
      'MAILSTOP_ADMIN_KEY',
      'MAILSTOP_PUBLIC_URL',
      'MAILSTOP_SECRET',
    ]);
    expect(problems.join(' ')).not.toMatch(/hunter2|swordfish/);
  });
});
