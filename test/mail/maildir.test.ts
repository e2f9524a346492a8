/** A Maildir folder beside the server: nothing in it is lost or counted twice, whatever stops. */
import { mkdirSync, readdirSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { maildir } from '../../src/mail/maildir.ts';
import { openDatabase } from '../../src/store/sqlite.ts';
import { bounceMail } from '../bounce-mail.ts';
import { start } from '../cli/run.ts';
import { fileOf } from '../file-of.ts';
import { countEvents, isSuppressed, KEY, makeSite, type Site, until } from './site.ts';

vi.setConfig({ testTimeout: 60_000 });

let site: Site;
let box: string;
beforeEach(async () => {
  site = await makeSite();
  box = join(site.folder, 'box');
  for (const name of ['', 'tmp', 'new', 'cur']) mkdirSync(join(box, name));
});
afterEach(() => site.close());

let delivered = 0;
/** As Maildir wants it: written apart, then renamed into `new`. */
function deliver(message: string): void {
  delivered += 1;
  const name = `${1_700_000_000 + delivered}.M${delivered}.mx`;
  writeFileSync(join(box, 'tmp', name), message);
  renameSync(join(box, 'tmp', name), join(box, 'new', name));
}
const waiting = () => readdirSync(join(box, 'new')).length;
const read = () => readdirSync(join(box, 'cur')).filter((name) => name.endsWith(':2,S')).length;

describe('a Maildir folder', () => {
  it('is emptied of what was there and of what comes, and each message counts', async () => {
    for (let i = 0; i < 100; i++) deliver(bounceMail({ recipient: `before${i}@example.com` }));
    const server = await site.serve(maildir(site.source, box));
    await until(() => waiting() === 0);
    expect(read()).toBe(100);
    expect(await countEvents(server)).toBe(100);
    deliver(bounceMail({ recipient: 'after@example.com' }));
    await until(() => waiting() === 0);
    expect(await isSuppressed(server, 'after@example.com')).toBe(true);
  });

  it('gives what is no bounce to quarantine, and goes on', async () => {
    const server = await site.serve(maildir(site.source, box));
    deliver('Subject: lunch?\n\nAt noon.\n');
    deliver('\u0000\u0001\u0002');
    deliver(bounceMail({ recipient: 'ann@example.com' }));
    await until(() => waiting() === 0);
    expect(await isSuppressed(server, 'ann@example.com')).toBe(true);
    expect(site.logged.filter(({ fields }) => fields.quarantined === 1)).toHaveLength(2);
    expect(JSON.stringify(site.logged)).not.toContain('ann@example.com');
  });

  it('keeps a message that cannot be stored, and stores it later', async () => {
    const server = await site.serve(maildir(site.source, box));
    const other = openDatabase(fileOf(site.config));
    other.exec('begin immediate');
    deliver(bounceMail({ recipient: 'ann@example.com' }));
    await until(() => site.logged.some(({ message }) => message.includes('cannot be stored now')));
    expect(waiting()).toBe(1);
    other.exec('rollback');
    other.close();
    await until(() => waiting() === 0);
    expect(await isSuppressed(server, 'ann@example.com')).toBe(true);
  });

  it('keeps a message that is too large, says so once, and goes on', async () => {
    const server = await site.serve(maildir(site.source, box));
    const name = join(box, 'tmp', 'large');
    writeFileSync(name, bounceMail({}));
    truncateSync(name, 50 * 1024 * 1024 + 1);
    renameSync(name, join(box, 'new', '1.large.mx'));
    deliver(bounceMail({ recipient: 'bob@example.com' }));
    await until(() => isSuppressed(server, 'bob@example.com'));
    deliver(bounceMail({ recipient: 'cid@example.com' }));
    await until(() => isSuppressed(server, 'cid@example.com'));
    expect(readdirSync(join(box, 'new'))).toEqual(['1.large.mx']);
    expect(site.logged.filter(({ message }) => message.includes('50 MiB'))).toHaveLength(1);
  });

  it('does not stop the server when it goes away, and is read when it is back', async () => {
    const server = await site.serve(maildir(site.source, box));
    renameSync(join(box, 'new'), join(box, 'away'));
    await until(() => site.logged.some(({ message }) => message.includes('cannot be read')));
    renameSync(join(box, 'away'), join(box, 'new'));
    deliver(bounceMail({ recipient: 'ann@example.com' }));
    await until(() => isSuppressed(server, 'ann@example.com'));
  });

  it.each([
    ['that is not there', 'dsn', (folder: string) => join(folder, 'nowhere'), 'no Maildir'],
    ['of a source that is not there', 'dsn_0123456789012345678901', (folder: string) => folder, 'no source'],
  ])('%s ends the start with one sentence', async (_title, source, place, words) => {
    const named = source === 'dsn' ? site.source : source;
    await expect(site.serve(maildir(named, place(box)))).rejects.toThrow(words);
  });

  it('survives a kill in the middle: nothing is lost, and nothing counts twice', async () => {
    const total = 300;
    for (let i = 0; i < total; i++) deliver(bounceMail({ recipient: `kill${i}@example.com` }));
    const env = {
      MAILSTOP_DATABASE_URL: `file:${fileOf(site.config)}`,
      MAILSTOP_ADMIN_KEY: KEY,
      MAILSTOP_SECRET: String(site.config.secret),
      PORT: '0',
    };
    for (const left of [250, 150, 50]) {
      const child = start(['serve', '--maildir', `${site.source}=${box}`], { env });
      const ended = new Promise((resolve) => child.once('close', resolve));
      await until(() => waiting() <= left);
      child.kill('SIGKILL');
      await ended;
    }
    const server = await site.serve(maildir(site.source, box));
    await until(() => waiting() === 0);
    expect(await countEvents(server)).toBe(total);
    expect(await isSuppressed(server, `kill${total - 1}@example.com`)).toBe(true);
  });
});
