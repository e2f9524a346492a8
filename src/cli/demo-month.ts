/** A sender's month, made up: who sends through what, to whom, and what the receivers say. The same each time. */
import type { Kind } from '../core/event.ts';
import { HOUR, MINUTE } from '../core/time.ts';

export interface Sending {
  readonly provider: string;
  readonly name: string;
  readonly stream: string | null;
  /** Of a hundred messages. */
  readonly share: number;
  /** Hours ago; then it is paused, or its webhook is lost. */
  readonly until?: number;
  readonly allowUnsigned?: true;
}

export const sendings: readonly Sending[] = [
  { provider: 'sendgrid', name: 'Newsletter', stream: 'newsletter', share: 30 },
  { provider: 'generic', name: 'Our own Postfix', stream: null, share: 18 },
  { provider: 'sparkpost', name: 'Product news', stream: 'product', share: 14 },
  { provider: 'postmark', name: 'Receipts', stream: 'transactional', share: 9 },
  { provider: 'amazon-ses', name: 'Account mail', stream: 'transactional', share: 6 },
  { provider: 'mailgun', name: 'Sign-up and passwords', stream: 'transactional', share: 5 },
  { provider: 'brevo', name: 'Shop campaigns', stream: 'newsletter', share: 4 },
  { provider: 'mandrill', name: 'Invoices', stream: 'transactional', share: 4 },
  { provider: 'resend', name: 'App notices', stream: 'product', share: 3 },
  { provider: 'bird', name: 'Partner mail', stream: null, share: 2 },
  { provider: 'cloudflare', name: 'Edge alerts', stream: 'product', share: 1 },
  { provider: 'mailjet', name: 'Event invitations', stream: 'newsletter', share: 2, until: 75 },
  { provider: 'mailtrap', name: 'Staging', stream: null, share: 1, until: 240 },
  { provider: 'socketlabs', name: 'Old CRM', stream: null, share: 1, allowUnsigned: true },
];

const shares = sendings.map((one) => [one.share, one] as const);

export interface Reply {
  readonly code: string;
  readonly enhanced: string;
  readonly text: string;
}

export interface Report {
  /** Epoch ms, and no other has the same. */
  readonly at: number;
  readonly provider: string;
  readonly kind: Kind;
  readonly recipient: string;
  /** Null where the provider tells none. */
  readonly reply: Reply | null;
}

export const HOURS = 30 * 24;
/** Hours ago: everybody at one receiver fails. The first time somebody has decided, the second is for the visitor. */
export const outages = { decided: 250, open: 5, ourLogin: 520 } as const;

const MONTHLY = 20_000;

const receivers: readonly (readonly [number, string])[] = [
  [30, 'gmail.com'],
  [13, 'outlook.com'],
  [9, 'yahoo.com'],
  [8, 'icloud.com'],
  [6, 'gmx.de'],
  [5, 'web.de'],
  [5, 'hotmail.com'],
  [4, 'orange.fr'],
  [3, 'qq.com'],
  [3, 'proton.me'],
  [4, 'northwind.example'],
  [4, 'fabrikam.example'],
  [3, 'contoso.example'],
  [3, 'city-hospital.example'],
];
const firstNames = 'anna ben carla david elif finn greta hugo ines jonas kira leo mara noah olga paul'.split(
  ' ',
);
const lastNames =
  'larsen novak silva weber rossi dubois kaya janssen lindberg moreau okafor tanaka haas vidal brandt costa'.split(
    ' ',
  );
const PEOPLE = 6_000;

/** With how often of a thousand failures. */
const forGood: readonly (readonly [number, Reply])[] = [
  [300, reply('550', '5.1.1', 'The email account that you tried to reach does not exist.')],
  [110, reply('550', '5.1.1', 'User unknown in virtual mailbox table')],
  [80, reply('550', '5.2.1', 'The email account that you tried to reach is disabled.')],
  [60, reply('550', '5.1.10', 'RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup')],
  [50, reply('550', '5.4.1', 'Recipient address rejected: Access denied.')],
  [70, reply('552', '5.2.2', 'The recipient’s inbox is out of storage space and inactive.')],
  [40, reply('556', '5.1.10', 'Recipient address has null MX')],
  [45, reply('554', '5.7.1', 'Service unavailable; Client host [192.0.2.17] blocked using zen.example')],
  [40, reply('550', '5.7.1', 'Message rejected as spam by our content filter')],
  [
    30,
    reply('550', '5.7.26', 'This mail has been blocked because the sender is unauthenticated (SPF, DKIM).'),
  ],
  [25, reply('550', '5.7.25', 'The IP address sending this message does not have a PTR record setup.')],
  [100, reply('504', '5.5.4', 'Unrecognized authentication type')],
  [25, reply('553', '5.1.3', 'The recipient address is not a valid RFC 5321 address.')],
  [20, reply('530', '5.7.0', 'Must issue a STARTTLS command first')],
  [20, reply('552', '5.3.4', 'Message size exceeds fixed maximum message size')],
  [15, reply('523', '5.3.4', 'Your message file size exceeded our server’s limits')],
  [15, reply('535', '5.7.8', 'Authentication credentials invalid')],
];
const forNow: readonly (readonly [number, Reply])[] = [
  [300, reply('452', '4.2.2', 'The email account that you tried to reach is over quota.')],
  [250, reply('451', '4.7.1', 'Greylisted, please try again in 300 seconds')],
  [160, reply('421', '4.7.0', '[TSS04] Messages temporarily deferred due to unexpected volume')],
  [90, reply('421', '4.4.2', 'Connection dropped while waiting for a reply')],
  [80, reply('450', '4.2.1', 'The user you are trying to contact is receiving mail too quickly')],
  [60, reply('451', '4.4.3', 'Temporary lookup failure')],
  [40, reply('454', '4.7.0', 'TLS not available due to local problem')],
  [20, reply('432', '4.3.2', 'Concurrent connections limit exceeded')],
];
const outage = reply('550', '5.1.1', 'Mailbox lookup failed: no such user in directory');
const login = reply('504', '5.5.4', 'Unrecognized authentication type');

/** With how many of a thousand messages. */
const outcomes: readonly (readonly [number, Kind])[] = [
  [930, 'delivery'],
  [31, 'bounce'],
  [24, 'deferral'],
  [10, 'unsubscribe'],
  [3, 'reject'],
  [1, 'complaint'],
  [1, 'resubscribe'],
];

/** What is reported in each hour, the oldest first. */
export function* month(now: number): Generator<{ readonly at: number; readonly reports: Report[] }> {
  const random = seeded(504);
  const people = Array.from({ length: PEOPLE }, () => personOf(random));
  const reached = new Set<string>();
  const gone = new Set<string>();
  for (let ago = HOURS - 1; ago >= 0; ago--) {
    const end = now - ago * HOUR;
    const reports: Report[] = [];
    const tell = (provider: string, kind: Kind, recipient: string, said: Reply | null) => {
      // Each in a millisecond of its own, by which providers' samples are named.
      const at =
        Math.round(end - 50 * MINUTE + (reports.length % 400) * 7_000) + Math.floor(reports.length / 400);
      reports.push({ at, provider, kind, recipient, reply: said });
      if (kind === 'delivery') reached.add(recipient);
      else if (kind !== 'deferral') gone.add(recipient);
    };
    const volume = Math.round((MONTHLY / HOURS) * rhythm(ago) * (0.75 + random() / 2));
    for (let i = 0; i < volume; i++) {
      const sending = pick(random, shares);
      const recipient = people[Math.floor(random() * PEOPLE)] as string;
      const kind = pick(random, outcomes);
      if (ago < (sending.until ?? 0) || gone.has(recipient)) continue;
      // Who has taken mail does not turn out unknown; the others may.
      if (kind === 'bounce' && reached.has(recipient) && random() < 0.4) continue;
      tell(sending.provider, kind, recipient, replyTo(kind, random));
    }
    const domain = ago === outages.decided ? 'gmx.de' : ago === outages.open ? 'icloud.com' : null;
    if (domain !== null)
      for (const recipient of some(people, domain, reached, gone, 48))
        tell('sendgrid', 'bounce', recipient, outage);
    if (ago === outages.ourLogin)
      for (const recipient of some(people, 'gmail.com', null, gone, 36))
        tell('generic', 'bounce', recipient, login);
    yield { at: end, reports };
  }
}

const replyTo = (kind: Kind, random: () => number): Reply | null =>
  kind === 'bounce' ? pick(random, forGood) : kind === 'deferral' ? pick(random, forNow) : null;

/** Quiet nights, and weekends. */
const rhythm = (ago: number): number => {
  const day = 1 + 0.7 * Math.sin((2 * Math.PI * (ago + 4)) / 24);
  return Math.floor(ago / 24) % 7 < 2 ? day * 0.45 : day * 1.22;
};

const some = (
  people: readonly string[],
  domain: string,
  among: ReadonlySet<string> | null,
  without: ReadonlySet<string>,
  count: number,
): string[] =>
  [...new Set(people)]
    .filter((one) => one.endsWith(`@${domain}`) && !without.has(one) && (among === null || among.has(one)))
    .slice(0, count);

function personOf(random: () => number): string {
  const first = firstNames[Math.floor(random() * firstNames.length)];
  const last = lastNames[Math.floor(random() * lastNames.length)];
  // Nobody's: a number of five digits, and nothing is ever sent.
  const number = String(10_000 + Math.floor(random() * 90_000));
  return `${first}.${last}.${number}@${pick(random, receivers)}`;
}

function pick<Value>(random: () => number, weighted: readonly (readonly [number, Value])[]): Value {
  let left = random() * weighted.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, value] of weighted) {
    left -= weight;
    if (left < 0) return value;
  }
  return (weighted.at(-1) as readonly [number, Value])[1];
}

function reply(code: string, enhanced: string, text: string): Reply {
  return { code, enhanced, text: `${code} ${enhanced} ${text}` };
}

/** Mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
