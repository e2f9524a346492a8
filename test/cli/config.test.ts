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
      pepper: null,
      mxResolver: null,
      alerts: null,
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

  it('takes a pepper that cannot be guessed', () => {
    expect(readOf({ MAILSTOP_PEPPER: LONG }).pepper).toBe(LONG);
    expect(problemsOf({ MAILSTOP_PEPPER: 'short' }).join()).toMatch(
      /^MAILSTOP_PEPPER must have 32 characters or more .*; leave it out to keep addresses as they are/,
    );
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

  const mail = {
    MAILSTOP_SMTP_URL: 'smtp://user:p%40ss@mail.example.com:587',
    MAILSTOP_ALERT_TO: 'ops@example.com, on-call@example.com',
    MAILSTOP_ALERT_FROM: 'mailstop@example.com',
  };

  it('takes where alerts are mailed, and when not', () => {
    expect(readOf({ ...mail, MAILSTOP_QUIET_HOURS: '22:00-07:00 Europe/Berlin' }).alerts).toEqual({
      smtpUrl: mail.MAILSTOP_SMTP_URL,
      to: ['ops@example.com', 'on-call@example.com'],
      from: 'mailstop@example.com',
      quiet: { from: 22 * 60, to: 7 * 60, zone: 'Europe/Berlin' },
    });
  });

  test.each([
    ['MAILSTOP_SMTP_URL', 'mail.example.com:587', 'address of a mail server'],
    ['MAILSTOP_SMTP_URL', 'smtp://mail.example.com/?tls.rejectUnauthorized=false', 'nothing behind it'],
    ['MAILSTOP_SMTP_URL', 'smtp://user:100%@mail.example.com', 'address of a mail server'],
    ['MAILSTOP_ALERT_TO', 'ops@example.com,ops', 'must be an address'],
    ['MAILSTOP_ALERT_TO', 'ops@example.com\nBcc: eve@example.com', 'must be an address'],
    ['MAILSTOP_ALERT_FROM', 'Mailstop <mailstop@example.com>', 'must be an address'],
    ['MAILSTOP_QUIET_HOURS', '22:00-07:00', 'two times of a day and a time zone'],
    ['MAILSTOP_QUIET_HOURS', '22:00-24:00 UTC', 'two times of a day'],
    ['MAILSTOP_QUIET_HOURS', '07:00-07:00 UTC', 'some hours'],
    ['MAILSTOP_QUIET_HOURS', '22:00-07:00 Berlin', 'time zone that is unknown'],
    ['MAILSTOP_ALERT_FROM', '', 'is needed to mail alerts'],
    ['MAILSTOP_SMTP_URL', '', 'is needed to mail alerts'],
  ])('%s=%s of mail is refused with the variable and the fix', (name, value, fix) => {
    const problems = problemsOf({ ...mail, [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name} .*${fix}`));
    expect(problems[0]).not.toMatch(/100%|p%40ss/);
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
