/**
 * Mutated bounce mail and abuse reports through their readers: nothing may throw, nothing may take long, and no
 * recipient may be found that occurs nowhere in the mail.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { canonicalAddress } from '../../src/core/address.ts';
import type { Item, ProviderAdapter } from '../../src/providers/adapter.ts';
import { arf } from '../../src/providers/arf.ts';
import { dsn } from '../../src/providers/dsn.ts';
import { arfSampler } from '../../src/samples/arf.ts';
import { dsnSampler } from '../../src/samples/dsn.ts';
import { bytesOf, joined, mutatedMessage, textOf } from './mutate-messages.ts';
import { randomFrom } from './random.ts';

const SLOW_MS = 50;
const NOW = Date.UTC(2026, 5, 1, 12);
const adapters: readonly ProviderAdapter[] = [dsn, arf];

export interface FuzzedMessages {
  messages: number;
  events: number;
  ignored: number;
  unreadable: number;
  slowest: number;
  /** Each a sentence with what repeats it. */
  readonly findings: string[];
}

export interface MessageOptions {
  readonly messages: number;
  readonly seed: number;
  /** More mail to bend: a folder of messages, and folders in it. */
  readonly folder?: string | undefined;
  progress?(done: number): void;
}

const NOTICE = [
  'Return-Path: <>',
  'From: Mail Delivery System <MAILER-DAEMON@mx.ex.test>',
  'To: bounces+ann=ex.test@sender.test',
  'Subject: failure notice',
  'X-Failed-Recipients: ann@ex.test',
  '',
  "I'm afraid I wasn't able to deliver your message to the following addresses.",
  '',
  '<ann@ex.test>:',
  'Remote host said: 550 5.1.1 no such user',
  '  bob@ex.test',
  '    SMTP error from remote mail server after RCPT TO:<bob@ex.test>:',
  '    host mx.ex.test [192.0.2.5]: 552 5.2.2 over quota',
  'Recipient: <cleo@ex.test>',
  '>>> RCPT To:<dan@ex.test>',
  '<<< 550 <dan@ex.test>... User unknown',
  '',
  '--- Below this line is a copy of the message.',
  '',
  'Return-Path: <bounces+ann=ex.test@sender.test>',
  'From: news@sender.test',
  'To: ann@ex.test',
  'List-Unsubscribe: <https://sender.test/u?email=ann%40ex.test>',
  'Message-ID: <original@sender.test>',
  '',
  'Hello',
].join('\n');

const encodedNotice = (encoding: string, body: string): string =>
  `From: postmaster@mx.ex.test\nSubject: Undeliverable\nContent-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\nContent-Transfer-Encoding: ${encoding}\n\n${body}\n--b--\n`;

const ownSeeds = (): string[] => [
  NOTICE,
  encodedNotice('base64', Buffer.from('<ann@ex.test>:\n550 5.1.1 no such user\n').toString('base64')),
  encodedNotice('quoted-printable', '<ann@ex.test>:\n550 5.1.1 no =\nsuch user'),
  `From: a@ex.test\nAuto-Submitted: auto-replied\nSubject: Re: hi\n\nAway: ann@ex.test`,
  ...[...dsnSampler.samples(NOW), ...arfSampler.samples(NOW)].map(({ payload }) => String(payload)),
];

function seedsOf(folder: string | undefined): Uint8Array[] {
  const own = ownSeeds().map((text) => new TextEncoder().encode(text));
  if (folder === undefined) return own;
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.eml'),
  );
  return [...own, ...files.map((name) => new Uint8Array(readFileSync(join(folder, name))))];
}

export async function fuzzMessages({
  messages,
  seed,
  folder,
  progress,
}: MessageOptions): Promise<FuzzedMessages> {
  const random = randomFrom(seed);
  const seeds = seedsOf(folder);
  const all: FuzzedMessages = { messages, events: 0, ignored: 0, unreadable: 0, slowest: 0, findings: [] };
  for (let i = 0; i < messages && all.findings.length < 20; i++) {
    const bent = mutatedMessage(random.pick(seeds), random);
    const contentType = random.pick(['message/rfc822', 'application/mbox']);
    for (const adapter of adapters) {
      const say = (what: string) => all.findings.push(`seed ${seed}, message ${i}, ${adapter.id}: ${what}`);
      const items = await timedParse(adapter, bent, contentType, all, say);
      for (const item of items) check(item, bent, all, say);
    }
    if ((i + 1) % 1_000 === 0) progress?.(i + 1);
  }
  return all;
}

/** Only what is slow again and again is slow: a collection of garbage is not. */
async function timedParse(
  adapter: ProviderAdapter,
  body: Uint8Array,
  contentType: string,
  all: FuzzedMessages,
  say: (what: string) => void,
): Promise<readonly Item[]> {
  let fastest = Number.POSITIVE_INFINITY;
  for (let attempts = 0; attempts < 4; attempts++) {
    const began = performance.now();
    try {
      const parsed = await adapter.parse({
        method: 'POST',
        url: new URL('https://mailstop.example/webhooks/x'),
        headers: new Headers({ 'content-type': contentType }),
        body,
      });
      fastest = Math.min(fastest, performance.now() - began);
      if (fastest > SLOW_MS && attempts < 3) continue;
      all.slowest = Math.max(all.slowest, fastest);
      if (fastest > SLOW_MS) say(`took ${Math.round(fastest)} ms for ${body.length} bytes`);
      return parsed.ok && parsed.value.type === 'items' ? parsed.value.items : [];
    } catch (error) {
      say(`threw ${error instanceof Error ? (error.stack ?? error.message) : error}`);
      return [];
    }
  }
  return [];
}

function check(item: Item, body: Uint8Array, all: FuzzedMessages, say: (what: string) => void): void {
  if (item.type !== 'event') {
    all[item.type] += 1;
    return;
  }
  all.events += 1;
  const { recipient, reply, returnPaths = [], proven } = item.event;
  if (proven !== false) say('an event that is not called unproven');
  if (returnPaths.length > 16) say(`${returnPaths.length} return paths`);
  if ((reply.text ?? '').length > 65_536) say(`a reply of ${reply.text?.length} characters`);
  const isAddress = canonicalAddress(recipient).ok; // anything else goes to quarantine
  if (isAddress && !occurs(String(recipient).trim(), body))
    say(`found ${JSON.stringify(recipient)}, which is nowhere in the mail`);
}

/** As it is or reads when decoded, or as return paths, links and ORCPT write it. */
function occurs(address: string, body: Uint8Array): boolean {
  const plain = readings(body).map((text) => text.toLowerCase().replace(/\s+/g, ' '));
  const tight = plain.map((text) => text.replaceAll(' ', ''));
  const written = [
    address,
    address.replace('@', '='),
    address.replaceAll('+', '%2b').replace('@', '%40'),
    address.replace('@', '%40'),
    address.replaceAll('+', '+2b').replaceAll('=', '+3d'),
  ].map((one) => one.toLowerCase());
  return [...plain, ...tight].some((text) => written.some((one) => text.includes(one)));
}

/** In each charset that the mail names, and with its encodings taken off. */
function readings(body: Uint8Array): string[] {
  const named = [...textOf(body).matchAll(/charset="?([\w.:-]{1,40})/gi)].map(([, name]) => name ?? '');
  const decoders = new Set(['utf-8', 'latin1', ...named.slice(0, 20)]);
  const bodies = [body, bytesOf(unquoted(textOf(body))), unbased(textOf(body))];
  return [...decoders].flatMap((name) => {
    try {
      return bodies.map((bytes) => new TextDecoder(name).decode(bytes));
    } catch {
      return [];
    }
  });
}

const unquoted = (text: string): string =>
  text
    .replace(/=(?:\r\n|\r|\n)/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** Line by line, and as a whole at every alignment: a decoder passes over signs that are not base64. */
function unbased(text: string): Uint8Array {
  const runs = text.match(/[A-Za-z0-9+/]{4,}/g) ?? [];
  const after = text.split(/base64/i).slice(1, 4);
  const whole = after.map((rest) => rest.replace(/[^A-Za-z0-9+/]/g, ''));
  const shifted = whole.flatMap((signs) => [0, 1, 2, 3].map((by) => signs.slice(by)));
  return joined(...[...runs, ...shifted].map((run) => new Uint8Array(Buffer.from(run, 'base64'))));
}
