/** Alerts by mail, over a real mail server: what arrives, what waits, and that nothing is lost or told twice. */
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alertLimits, createAlerts, type SendMail } from '../../src/app/alerts.ts';
import { type QuietHours, readQuietHours } from '../../src/core/quiet-hours.ts';
import { smtpSender, transportOf } from '../../src/mail/smtp.ts';
import { run } from '../cli/run.ts';
import { bounce, type Harness, START, startHarness } from '../http/harness.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FROM = 'mailstop@example.com';

interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly head: string;
  readonly text: string;
}

let received: Received[];
let servers: SMTPServer[];
let mailstop: Harness;
let now: number;

beforeEach(async () => {
  received = [];
  servers = [];
  now = START;
  mailstop = await startHarness({ publicUrl: 'https://mailstop.example' });
});
afterEach(async () => {
  await mailstop.close();
  await Promise.all(servers.map((server) => new Promise<void>((done) => server.close(() => done()))));
});

async function listen(options: SMTPServerOptions = {}, port = 0): Promise<number> {
  const server = new SMTPServer({
    authOptional: true,
    logger: false,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const [head = '', ...body] = Buffer.concat(chunks).toString('utf8').split('\r\n\r\n');
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          head: head.replace(/\r\n[ \t]+/g, ' '),
          text: decoded(head, body.join('\r\n\r\n')),
        });
        done();
      });
    },
    ...options,
  });
  servers.push(server);
  // What a client thinks of its certificate is the client's to tell.
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return (server.server.address() as AddressInfo).port;
}

function decoded(head: string, body: string): string {
  const text = body.replace(/\r\n/g, '\n');
  if (/^content-transfer-encoding: base64/im.test(head)) return Buffer.from(text, 'base64').toString('utf8');
  if (!/^content-transfer-encoding: quoted-printable/im.test(head)) return text;
  const bytes = text
    .replace(/=\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

const advance = (ms: number) => {
  now += ms;
  mailstop.advance(ms);
};
const closed = (server: SMTPServer) => new Promise<void>((done) => server.close(() => done()));
const alertsOver = (port: number, given: { to?: string[]; quiet?: QuietHours; send?: SendMail } = {}) =>
  createAlerts(mailstop.services, {
    to: given.to ?? ['ops@example.com'],
    from: FROM,
    quiet: given.quiet ?? null,
    send: given.send ?? smtpSender(`smtp://127.0.0.1:${port}`, FROM),
  });
const notice = (type: string, data: object, tenant = 'default') =>
  mailstop.store.configure(
    { put: 'notice', row: { tenant, at: now, type, data: JSON.stringify(data) } },
    null,
  );
const about = (name: string) => ({ id: 'sendgrid_secretsecretsecret00', provider: 'sendgrid', name });
const silent = (name: string) =>
  notice('source.silent', { ...about(name), last_event_at: new Date(now - 7 * HOUR).toISOString() });
const rejected = (name: string) =>
  notice('source.rejected', {
    ...about(name),
    since: new Date(now).toISOString(),
    count: 37,
    usual: 0,
    all_since: new Date(now - HOUR).toISOString(),
  });
const subjects = () => received.map(({ head }) => /^Subject: (.*)$/m.exec(head)?.[1]);

describe('an alert', () => {
  it('says what happened, what to do, and where to look', async () => {
    const alerts = alertsOver(await listen());
    await alerts.deliver();
    await rejected('shop');
    await alerts.deliver();
    expect(received).toHaveLength(1);
    const [mail] = received;
    expect(mail).toMatchObject({ from: FROM, to: ['ops@example.com'] });
    expect(subjects()).toEqual(['[Mailstop] shop is refused for want of proof']);
    expect(mail?.head).toMatch(/^Auto-Submitted: auto-generated$/m);
    expect(mail?.head).toMatch(/^Message-ID: <mailstop\.\d+-\d+\.[0-9a-f]{12}@example\.com>$/m);
    expect(mail?.text).toContain('37, and nothing else since 2026-01-10 11:00 UTC');
    expect(mail?.text).toContain('What to do: Copy the provider’s current secret');
    expect(mail?.text).toContain('https://mailstop.example/sources');
    // Whoever reads it must not be able to post to the source.
    expect(mail?.text).not.toContain('secretsecret');
  });

  it('comes of an alarm and of an incident as they arise, and shows no address of a recipient', async () => {
    const alerts = alertsOver(await listen());
    await alerts.deliver();
    const { post } = await mailstop.source();
    const many = Array.from({ length: 100 }, (_, i) =>
      bounce(`p${i}@gmail.com`, {
        id: `${i}`,
        message_id: `m${i}`,
        text: `550 5.1.1 <p${i}@gmail.com> unknown`,
      }),
    );
    await post(many);
    await mailstop.services.guard.look('noticed');
    await alerts.deliver();
    expect(subjects()).toEqual(['[Mailstop] Many addresses fail alike: gmail.com']);
    expect(received[0]?.text).toMatch(/^Reply: {5}550 5\.1\.1 <p\*\*\*@gmail\.com> unknown$/m);
    expect(received[0]?.text).toMatch(/https:\/\/mailstop\.example\/incidents\/inc_\w+/);
    expect(received[0]?.text).not.toMatch(/p\d+@/);
  });

  it('of what was before anybody was mailed to is not sent', async () => {
    await silent('old');
    const alerts = alertsOver(await listen());
    await alerts.deliver();
    await alerts.deliver();
    expect(received).toEqual([]);
  });

  it('is sent once, and the next one rests; what comes meanwhile goes together', async () => {
    const alerts = alertsOver(await listen());
    await alerts.deliver();
    await silent('a');
    await alerts.deliver();
    await silent('b');
    await silent('c');
    await alerts.deliver();
    expect(received).toHaveLength(1);
    advance(alertLimits.rest);
    await alerts.deliver();
    await alerts.deliver();
    expect(subjects()).toEqual(['[Mailstop] a is silent', '[Mailstop] b is silent (and 1 more)']);
    expect(received[1]?.text).toContain('c is silent');
  });

  it('reaches each receiver by itself, and one that is refused keeps nobody waiting', async () => {
    const port = await listen({
      onRcptTo: ({ address }, _session, done) =>
        address === 'gone@example.com'
          ? done(Object.assign(new Error('5.1.1 <gone@example.com> unknown'), { responseCode: 550 }))
          : done(),
    });
    const alerts = alertsOver(port, { to: ['gone@example.com', 'ops@example.com'] });
    await alerts.deliver();
    await silent('a');
    await alerts.deliver();
    expect(received.map(({ to }) => to)).toEqual([['ops@example.com']]);
    expect(JSON.stringify(mailstop.logged)).not.toContain('gone@');
    expect(mailstop.logged.filter(({ level }) => level === 'warn')).toEqual([
      { level: 'warn', fields: { error: 'EENVELOPE', status: 550 } },
    ]);
  });

  it('of another tenant says whose it is, in a mail of its own', async () => {
    await mailstop.ask('POST', '/v1/tenants', { json: { id: 'acme', name: 'Acme' } });
    const alerts = alertsOver(await listen());
    await alerts.deliver();
    await notice('source.heard', about('theirs'), 'acme');
    await silent('ours');
    await alerts.deliver();
    expect(subjects().toSorted()).toEqual([
      '[Mailstop, acme] theirs is heard again',
      '[Mailstop] ours is silent',
    ]);
  });

  it('takes no line from a name', async () => {
    const alerts = alertsOver(await listen());
    await alerts.deliver();
    await silent('shop\r\nBcc: eve@example.com');
    await alerts.deliver();
    expect(received[0]?.head).not.toMatch(/^Bcc/m);
    expect(received[0]?.to).toEqual(['ops@example.com']);
    expect(received[0]?.text).not.toContain('eve@example.com');
  });
});

describe('while the mail server is away', () => {
  it('everything waits, is asked ever less, said once in the log, and then arrives in order', async () => {
    const port = await listen();
    await closed(servers.pop() as SMTPServer);
    let tries = 0;
    const smtp = smtpSender(`smtp://127.0.0.1:${port}`, FROM);
    const alerts = alertsOver(port, {
      send(mail) {
        tries++;
        return smtp(mail);
      },
    });
    await alerts.deliver();
    await silent('a');
    for (let minute = 0; minute < 12 * 60; minute++) {
      if (minute === 30) await silent('b');
      await alerts.deliver();
      advance(MINUTE);
    }
    expect(received).toEqual([]);
    expect(tries).toBeGreaterThan(10);
    expect(tries).toBeLessThan(25);
    expect(mailstop.logged.filter(({ level }) => level === 'warn')).toHaveLength(1);
    await listen({}, port);
    advance(2 * HOUR);
    await alerts.deliver();
    await alerts.deliver();
    expect(subjects()).toEqual(['[Mailstop] a is silent (and 1 more)']);
    expect(received[0]?.text.indexOf('a is silent')).toBeLessThan(
      received[0]?.text.indexOf('b is silent') ?? 0,
    );
  });

  it('of two servers that want to mail, one does', async () => {
    const port = await listen();
    const [one, other] = [alertsOver(port), alertsOver(port)];
    await one.deliver();
    await silent('a');
    await Promise.all([one.deliver(), other.deliver()]);
    expect(received).toHaveLength(1);
  });

  it('what was sent and not noted is sent again under the same id', async () => {
    const ids: string[] = [];
    const port = await listen();
    const alerts = alertsOver(port, {
      async send({ messageId }) {
        ids.push(messageId);
        if (ids.length === 1) throw new Error('cut off');
        return '250 ok';
      },
    });
    await alerts.deliver();
    await silent('a');
    await alerts.deliver();
    advance(2 * MINUTE);
    await alerts.deliver();
    expect(ids).toHaveLength(2);
    expect(ids[0]).toBe(ids[1]);
  });
});

describe('in quiet hours', () => {
  // It is noon in UTC.
  const quiet = (text: string) => {
    const read = readQuietHours(text);
    if (!read.ok) throw new Error(read.error);
    return read.value;
  };

  it('alerts wait across midnight, and come in one mail', async () => {
    const alerts = alertsOver(await listen(), { quiet: quiet('22:00-07:00 UTC') });
    await alerts.deliver();
    advance(10.5 * HOUR);
    await silent('a');
    await alerts.deliver();
    advance(HOUR * 4);
    await notice('source.heard', about('a'));
    await alerts.deliver();
    advance(HOUR * 4.4);
    await alerts.deliver();
    expect(received).toEqual([]);
    advance(6 * MINUTE);
    await alerts.deliver();
    expect(subjects()).toEqual(['[Mailstop] a is silent (and 1 more)']);
    expect(received[0]?.text).toContain('a is heard again');
  });

  const own = { id: 'inc_1', kind: 'own', receiver: null, cause: '504', state: 'open' };
  it.each([
    [
      'a source whose reports are refused',
      () => rejected('b'),
      '[Mailstop] b is refused for want of proof (and 1 more)',
    ],
    [
      'an incident of our own',
      () => notice('incident.opened', own),
      '[Mailstop] Our own fault: 504 (and 1 more)',
    ],
  ])('%s does not wait, and takes along what does', async (_title, happen, subject) => {
    const alerts = alertsOver(await listen(), { quiet: quiet('11:00-13:00 UTC') });
    await alerts.deliver();
    await silent('a');
    await alerts.deliver();
    expect(received).toEqual([]);
    await happen();
    await alerts.deliver();
    expect(subjects()).toEqual([subject]);
  });

  it('what does not wait comes also from behind more than one mail holds, and what is after it waits', async () => {
    const alerts = alertsOver(await listen(), { quiet: quiet('11:00-13:00 UTC') });
    await alerts.deliver();
    for (let i = 0; i < alertLimits.page; i++) await silent(`a${i}`);
    await alerts.deliver();
    expect(received).toEqual([]);
    await rejected('b');
    for (let i = 0; i < alertLimits.page; i++) await silent(`c${i}`);
    for (let mail = 0; mail < 3; mail++) {
      await alerts.deliver();
      advance(alertLimits.rest);
    }
    expect(subjects()).toEqual([
      `[Mailstop] a0 is silent (and ${alertLimits.page - 1} more)`,
      `[Mailstop] b is refused for want of proof (and ${alertLimits.page - 1} more)`,
    ]);
  });
});

describe('TLS', () => {
  const mail = { to: 'ops@example.com', subject: 's', text: 't', messageId: '<m@example.com>' };

  it('with a certificate that does not hold is refused, and nothing is sent', async () => {
    const port = await listen({ secure: true });
    await expect(smtpSender(`smtps://127.0.0.1:${port}`, FROM)(mail)).rejects.toThrow(/certificate/i);
    expect(received).toEqual([]);
  });

  it('control: the same server without it takes the mail', async () => {
    const port = await listen();
    expect(await smtpSender(`smtp://127.0.0.1:${port}`, FROM)(mail)).toMatch(/^250 /);
    expect(received).toHaveLength(1);
  });

  it.each([
    ['smtp://u:p@mail.example.com', { port: 587, secure: false, requireTLS: true, ignoreTLS: false }],
    ['smtp://mail.example.com:25', { port: 25, secure: false, requireTLS: false, ignoreTLS: false }],
    ['smtps://u:p%40@mail.example.com', { port: 465, secure: true, auth: { user: 'u', pass: 'p@' } }],
    ['smtp://u:p@127.0.0.1:25', { requireTLS: false, ignoreTLS: true }],
    ['smtp://[::1]:25', { host: '::1', requireTLS: false, ignoreTLS: true }],
    ['smtp://127.example.com', { ignoreTLS: false }],
  ])('of %s is as a password and its way need it', (url, expected) => {
    expect(transportOf(url)).toMatchObject(expected);
    expect(transportOf(url)).not.toHaveProperty('tls');
  });
});

describe('mailstop alert test', () => {
  const env = (port: number) => ({
    MAILSTOP_SMTP_URL: `smtp://user:hunter2@127.0.0.1:${port}`,
    MAILSTOP_ALERT_TO: 'ops@example.com',
    MAILSTOP_ALERT_FROM: FROM,
  });
  const auth = (right: string): SMTPServerOptions => ({
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: ({ password }, _session, done) =>
      password === right ? done(null, { user: 'user' }) : done(new Error('5.7.8 wrong password')),
  });

  it('shows what the mail server said', async () => {
    const { code, stdout, stderr } = await run(['alert', 'test'], {
      env: env(await listen(auth('hunter2'))),
    });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/ops@example\.com +sent +250 /);
    expect(code).toBe(0);
    expect(subjects()).toEqual(['[Mailstop] A test of alerts']);
  }, 30_000);

  it('fails with its words, and never with the password', async () => {
    const { code, stdout } = await run(['alert', 'test'], { env: env(await listen(auth('other'))) });
    expect(code).toBe(1);
    expect(stdout).toMatch(/failed .*5\.7\.8 wrong password/);
    expect(stdout).not.toContain('hunter2');
  }, 30_000);

  it('says what is missing where no mail is configured', async () => {
    const { code, stderr } = await run(['alert', 'test']);
    expect(code).toBe(2);
    expect(stderr).toContain('set MAILSTOP_SMTP_URL, MAILSTOP_ALERT_TO and MAILSTOP_ALERT_FROM');
  }, 30_000);
});
