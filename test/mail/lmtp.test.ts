/** LMTP as a mail server speaks it: an answer for each recipient, after the message is durable. */
import { statSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { lmtp } from '../../src/mail/lmtp.ts';
import { openDatabase } from '../../src/store/sqlite.ts';
import { bounceMail } from '../bounce-mail.ts';
import { fileOf } from '../file-of.ts';
import { isSuppressed, KEY, makeSite, type Site } from './site.ts';

vi.setConfig({ testTimeout: 60_000 });

let site: Site;
let path: string;
beforeEach(async () => {
  site = await makeSite();
  path = join(site.folder, 'lmtp.sock');
});
afterEach(() => site.close());

/** Speaks line by line; `ask` gives the last line of each of `replies` replies. */
async function client(socket: Socket) {
  let text = '';
  let heard = () => {};
  socket.setEncoding('utf8').on('data', (data: string) => {
    text += data;
    heard();
  });
  const next = async (): Promise<string> => {
    for (;;) {
      const reply = /^(?:\d{3}-[^\n]*\n)*(\d{3} [^\n]*)\r\n/.exec(text);
      if (reply?.[1] !== undefined) {
        text = text.slice(reply[0].length);
        return reply[1];
      }
      await new Promise<void>((resolve) => {
        heard = resolve;
      });
    }
  };
  const ask = async (line: string, replies = 1): Promise<string[]> => {
    socket.write(`${line}\r\n`);
    const told: string[] = [];
    while (told.length < replies) told.push(await next());
    return told;
  };
  const greeting = await next();
  return {
    greeting,
    ask,
    /** MAIL, RCPT and DATA; the answers to the message. */
    async send(message: string, recipients: readonly string[] = ['bounces@example.org']) {
      await ask('MAIL FROM:<>');
      for (const recipient of recipients) await ask(`RCPT TO:<${recipient}>`);
      await ask('DATA');
      return ask(`${message.replace(/\n/g, '\r\n')}\r\n.`, recipients.length);
    },
    end: () => socket.destroy(),
  };
}

async function connect(place: string | number) {
  const socket = typeof place === 'string' ? createConnection(place) : createConnection(place, '127.0.0.1');
  const speaking = await client(socket);
  await speaking.ask('LHLO mx.example.org');
  return speaking;
}

describe('LMTP', () => {
  it('takes a message, says what became of it, and knows it again', async () => {
    const server = await site.serve(lmtp(site.source, path));
    const mta = await connect(path);
    expect(mta.greeting).toMatch(/^220 .*LMTP/);
    const message = bounceMail({ recipient: 'ann@example.com' });
    expect(await mta.send(message)).toEqual([expect.stringMatching(/^250 .*1 new, 0 known/)]);
    expect(await isSuppressed(server, 'ann@example.com')).toBe(true);
    expect(await mta.send(message)).toEqual([expect.stringMatching(/^250 .*0 new, 1 known/)]);
    mta.end();
  });

  it('answers once for each recipient, and takes the message once', async () => {
    await site.serve(lmtp(site.source, path));
    const mta = await connect(path);
    const told = await mta.send(bounceMail({}), ['one@example.org', 'two@example.org', 'three@example.org']);
    expect(told).toEqual(Array(3).fill(expect.stringMatching(/^250 .*1 new/)));
    mta.end();
  });

  it('lets the recipient that it came for prove the bounce', async () => {
    const server = await site.serve();
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
    const post = async (where: string, body: unknown) => {
      const answer = await fetch(server.url + where, { method: 'POST', headers, body: JSON.stringify(body) });
      return answer.json();
    };
    const secrets = { keys: ['a-shared-secret-of-the-tests'] };
    const strict = await post('/v1/sources', { provider: 'dsn', name: 'strict', trust: 'proven', secrets });
    const { results } = await post('/v1/return-paths', {
      addresses: ['ann@example.com'],
      return_path: 'bounces@example.org',
    });
    await server.stop();
    const again = await site.serve(lmtp(strict.id, path));
    const mta = await connect(path);
    await mta.send(bounceMail({ recipient: 'ann@example.com' }));
    expect(await isSuppressed(again, 'ann@example.com')).toBe(false);
    await mta.send(bounceMail({ recipient: 'ann@example.com' }), [results[0].return_path]);
    expect(await isSuppressed(again, 'ann@example.com')).toBe(true);
    mta.end();
  });

  it('tells the mail server to come again while the database is held, and takes it then', async () => {
    const server = await site.serve(lmtp(site.source, path));
    const mta = await connect(path);
    const message = bounceMail({ recipient: 'ann@example.com' });
    const other = openDatabase(fileOf(site.config));
    other.exec('begin immediate');
    expect(await mta.send(message)).toEqual([expect.stringMatching(/^451 /)]);
    other.exec('rollback');
    other.close();
    expect(await isSuppressed(server, 'ann@example.com')).toBe(false);
    expect(await mta.send(message)).toEqual([expect.stringMatching(/^250 /)]);
    expect(await isSuppressed(server, 'ann@example.com')).toBe(true);
    expect(JSON.stringify(site.logged)).not.toContain('ann@example.com');
    mta.end();
  });

  it('refuses what is larger than 50 MiB, said before and found out', async () => {
    await site.serve(lmtp(site.source, path));
    const mta = await connect(path);
    expect(await mta.ask(`MAIL FROM:<> SIZE=${51 * 1024 * 1024}`)).toEqual([expect.stringMatching(/^552 /)]);
    const line = `${'x'.repeat(998)}\n`;
    expect(await mta.send(bounceMail({}) + line.repeat(53_000))).toEqual([expect.stringMatching(/^552 /)]);
    expect(await mta.send(bounceMail({}))).toEqual([expect.stringMatching(/^250 /)]);
    mta.end();
  });

  it('finishes the message in hand when the server stops, and leaves no socket', async () => {
    const server = await site.serve(lmtp(site.source, path));
    const mta = await connect(path);
    await mta.ask('MAIL FROM:<>');
    await mta.ask('RCPT TO:<bounces@example.org>');
    await mta.ask('DATA');
    const stopped = server.stop();
    const told = mta.ask(`${bounceMail({ recipient: 'ann@example.com' }).replace(/\n/g, '\r\n')}\r\n.`);
    expect(await told).toEqual([expect.stringMatching(/^250 /)]);
    mta.end();
    await stopped;
    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
    const again = await site.serve();
    expect(await isSuppressed(again, 'ann@example.com')).toBe(true);
  });

  it('listens on a port of loopback as well', async () => {
    const server = await site.serve(lmtp(site.source, '127.0.0.1:24240'));
    const mta = await connect(24_240);
    expect(await mta.send(bounceMail({ recipient: 'ann@example.com' }))).toEqual([
      expect.stringMatching(/^250 /),
    ]);
    expect(await isSuppressed(server, 'ann@example.com')).toBe(true);
    mta.end();
  });

  it.each([
    ['a network address', '0.0.0.0:24240', 'loopback|127.0.0.1'],
    ['an address of somebody else', '192.0.2.1:24240', '127.0.0.1'],
    ['a name that only begins like loopback', '127.0.0.1.example.com:24240', '127.0.0.1'],
    ['no port', '127.0.0.1', 'name a socket'],
    ['a folder that is not there', '/nowhere/lmtp.sock', 'cannot listen'],
  ])('refuses to listen at %s', async (_title, place, words) => {
    await expect(site.serve(lmtp(site.source, place))).rejects.toThrow(new RegExp(words));
  });

  it('takes over a socket that was left behind, and none that is in use', async () => {
    await site.serve(lmtp(site.source, path));
    const second = await makeSite();
    await expect(second.serve(lmtp(second.source, path))).rejects.toThrow('another program listens there');
    await second.close();
    const mta = await connect(path);
    expect(await mta.send(bounceMail({}))).toEqual([expect.stringMatching(/^250 /)]);
    mta.end();
  });

  it('answers garbage and a broken connection without harm', async () => {
    await site.serve(lmtp(site.source, path));
    const mta = await connect(path);
    expect((await mta.ask('RSET \u0000\u0007'))[0]).toMatch(/^[25]\d\d /);
    expect((await mta.ask('AUTH PLAIN AGEAYg=='))[0]).toMatch(/^5\d\d /);
    await mta.ask('MAIL FROM:<>');
    await mta.ask('RCPT TO:<bounces@example.org>');
    await mta.ask('DATA');
    mta.end();
    const other = await connect(path);
    expect(await other.send(bounceMail({}))).toEqual([expect.stringMatching(/^250 /)]);
    other.end();
  });
});
