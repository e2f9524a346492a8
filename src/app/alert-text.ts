/** What people are told of a notice: what happened, what it means, what to do. Mail and docs/alerts.md say the same. */
import { type AlarmKind, alarmEnds, alarmKinds } from '../core/alarms.ts';
import { maskAddresses } from '../core/mask.ts';
import { toRfc3339 } from '../core/time.ts';
import type { NoticeRow } from '../store/store.ts';

interface Words {
  /** Behind the name of the source. */
  readonly title: string;
  readonly over: string;
  readonly means: string;
  readonly todo: string;
}

export const alarmWords: Readonly<Record<AlarmKind, Words>> = {
  silent: {
    title: 'is silent',
    over: 'is heard again',
    means: 'Nothing valid has come for much longer than usual. Bounces and complaints may be going nowhere.',
    todo: 'Look at the webhook in the provider’s console: is it still there, enabled, and subscribed to bounces and complaints? Providers disable an endpoint after failures. If less mail is sent, there is nothing to do.',
  },
  rejected: {
    title: 'is refused for want of proof',
    over: 'proves itself again',
    means:
      'Requests carry no proof that this source takes. Mostly a secret was rotated at the provider; what it reports is refused, and lost once it has given up repeating.',
    todo: 'Copy the provider’s current secret: mailstop source change ID --secret -. While it changes, give both: a source takes several. If valid ones come as well, somebody else knows the URL: make another source, and remove this one.',
  },
  skewed: {
    title: 'has another clock',
    over: 'and we have one clock again',
    means:
      'Signatures hold, but their times are not now, or reports come from the future. Mostly the clock of this machine is wrong. Providers who sign the time are refused, and what they report is lost once they have given up.',
    todo: 'Compare the time here (date -u, timedatectl) with the world’s, and mend it by NTP. If the clock is right, somebody repeats old requests.',
  },
  unmapped: {
    title: 'sends labels that nobody knows',
    over: 'sends known labels again',
    means:
      'The provider reports something that this version has no word for. It is counted, and changes nothing.',
    todo: 'See what it is: mailstop unmapped. Switch the event off at the provider if it is of no use, or update Mailstop.',
  },
  unreadable: {
    title: 'sends what cannot be read',
    over: 'can be read again',
    means:
      'Reports go to quarantine whole: the provider has changed its format, or something between alters the requests.',
    todo: 'Nothing is lost: they are kept. Update Mailstop, then read them again: mailstop replay.',
  },
  unsubscribed: {
    title: 'is subscribed to no feed',
    over: 'is subscribed again',
    means:
      'The subscription to the topic was taken away, or could not be confirmed. The provider sends nothing, and keeps nothing for later.',
    todo: 'In the provider’s console, subscribe the URL of the source to the topic again (Amazon SNS: Create subscription, or Request confirmation where it is pending); it is confirmed by itself, which needs topic_arns and HTTPS to the provider from here. Then take over what was missed: mailstop source pull ID. If the topic was given up for good, remove it from the source, or the source.',
  },
};

export const incidentWords = {
  own: {
    title: 'Our own fault',
    means: 'Mail to many receivers fails for a reason on our side; further mail will fail as well.',
    todo: 'Mend it before more is sent: mailstop explain CODE says what it is and how. Then take off the list what it has put there: mailstop release --incident ID --why "mended".',
  },
  receiver: {
    title: 'Many addresses fail alike',
    means:
      'One receiver fails many addresses with one reply. That is mostly an outage there, so they are held instead of blocked for good.',
    todo: 'If it was an outage, release them: mailstop release --incident ID --why "outage". If the addresses are dead, confirm it with --confirm. Undecided, they are released by and by.',
  },
} as const;

export const driftWords = {
  means:
    'The provider keeps a list of its own, and since the last night it differs from this one in another way. Mail to whom only it has is dropped there; mail to whom only this one has is stopped here alone.',
  todo: 'See whom: the page of the source, or GET /v1/sources/ID/drift. Only there: mailstop source pull ID takes them over, and mailstop source unlist ID ADDRESS takes off who was released here. Only here: mailstop source push ID, where the list is written back.',
} as const;

/**
 * What may not wait for the morning: our own mail fails, or what providers report is refused or not sent at all. All
 * else is kept, held or counted, and as good a few hours later.
 */
export const isCritical = ({ type, data }: Pick<NoticeRow, 'type' | 'data'>): boolean =>
  type === 'source.rejected' ||
  type === 'source.skewed' ||
  type === 'source.unsubscribed' ||
  (type === 'incident.opened' && JSON.parse(data).kind === 'own');

interface Told {
  readonly title: string;
  readonly lines: readonly string[];
}

/** One mail about all of them. No address of a recipient is in it, whatever a provider wrote. */
export function mailOf(
  notices: readonly NoticeRow[],
  tenant: string,
  publicUrl: string | null,
): { readonly subject: string; readonly text: string } {
  const told = notices.map((notice) => ({ notice, ...tellOf(notice, publicUrl) }));
  const worst = told.find(({ notice }) => isCritical(notice)) ?? told[0];
  const more = told.length > 1 ? ` (and ${told.length - 1} more)` : '';
  const whose = tenant === 'default' ? 'Mailstop' : `Mailstop, ${tenant}`;
  return {
    subject: plain(`[${whose}] ${worst?.title ?? ''}${more}`).slice(0, 200),
    text: maskAddresses(
      `${told.map(({ title, lines }) => [plain(title), '', ...lines].join('\n')).join('\n\n----\n\n')}\n\n-- \nMailstop tells of each alarm once when it opens and once when it is over.\n`,
    ),
  };
}

function tellOf({ type, at, data }: NoticeRow, publicUrl: string | null): Told {
  const facts: Facts = JSON.parse(data);
  const kind = alarmKinds.find((one) => type === `source.${one}` || type === `source.${alarmEnds[one]}`);
  const link = (path: string) => (publicUrl === null ? [] : ['', `${publicUrl}${path}`]);
  if (kind !== undefined) {
    const { title, over, means, todo } = alarmWords[kind];
    const opens = type === `source.${kind}`;
    return {
      title: `${facts.name} ${opens ? title : over}`,
      lines: [
        `At:      ${time(toRfc3339(at))}`,
        `Source:  ${plain(`${facts.name}`)} (${facts.provider})`,
        ...(opens ? [...countsOf(facts), '', `What it means: ${means}`, '', `What to do: ${todo}`] : []),
        ...link('/sources'),
      ],
    };
  }
  if (type === 'source.drift') {
    const { there = 0, only_there = 0, only_here = 0 } = facts;
    const differs = only_there + only_here > 0;
    return {
      title: `${facts.name}: its provider’s list and this one ${differs ? 'differ' : 'agree again'}`,
      lines: [
        `At:      ${time(toRfc3339(at))}`,
        `Source:  ${plain(`${facts.name}`)} (${facts.provider})`,
        `Count:   ${there} there; ${only_there} only there, ${only_here} only here`,
        ...(differs ? ['', `What it means: ${driftWords.means}`, '', `What to do: ${driftWords.todo}`] : []),
        ...link('/sources'),
      ],
    };
  }
  if (type !== 'incident.opened' && type !== 'incident.closed')
    return { title: type, lines: [`At:      ${time(toRfc3339(at))}`] };
  const { title, means, todo } = incidentWords[facts.kind === 'own' ? 'own' : 'receiver'];
  const what = facts.receiver ?? facts.cause;
  const opens = type === 'incident.opened';
  return {
    title: opens ? `${title}: ${what}` : `Over: ${what} (${facts.state})`,
    lines: [
      `At:        ${time(toRfc3339(at))}`,
      `Incident:  ${facts.id}`,
      ...[facts.code, facts.enhanced].flatMap((code) => (code ? [`Code:      ${code}`] : [])),
      ...(facts.sample ? [`Reply:     ${plain(facts.sample)}`] : []),
      ...(facts.why ? [`Why:       ${plain(facts.why)}`] : []),
      ...(opens ? ['', `What it means: ${means}`, '', `What to do: ${todo}`] : []),
      ...link(`/incidents/${facts.id}`),
    ],
  };
}

function countsOf({ count, usual, all_since, last_event_at }: Facts): string[] {
  if (last_event_at) return [`Last:    ${time(last_event_at)}`];
  if (count === undefined) return [];
  return [
    all_since
      ? `Count:   ${count}, and nothing else since ${time(all_since)}`
      : `Count:   ${count} in an hour; usual are ${usual} at most`,
  ];
}

/** What notices carry: of an incident, or of a source. */
interface Facts {
  readonly id: string;
  readonly name?: string;
  readonly provider?: string;
  readonly last_event_at?: string | null;
  readonly count?: number;
  readonly usual?: number;
  readonly all_since?: string | null;
  readonly there?: number;
  readonly only_there?: number;
  readonly only_here?: number;
  readonly kind?: 'own' | 'receiver';
  readonly receiver?: string | null;
  readonly cause?: string;
  readonly state?: string;
  readonly code?: string | null;
  readonly enhanced?: string | null;
  readonly sample?: string | null;
  readonly why?: string | null;
}

const time = (rfc3339: string): string => `${rfc3339.slice(0, 16).replace('T', ' ')} UTC`;

/** In one line, and without addresses: people and providers wrote it. */
const plain = (text: string): string =>
  maskAddresses(text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim());
