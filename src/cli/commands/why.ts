import type { Command } from 'commander';
import { withClient } from '../client.ts';
import {
  type Column,
  clean,
  paint,
  print,
  printJson,
  shortTime,
  table,
  terminalWidth,
  wrap,
} from '../output.ts';
import { examples, optionsOf } from '../program.ts';
import { type Entry, type Event, entryTable, replyOf } from '../shapes.ts';

interface Released {
  readonly at: string;
  readonly actor: string;
  readonly reasons: readonly string[];
  readonly stream: string | null;
  readonly why: string;
}

interface StoryEvent extends Event {
  readonly receipt: string | null;
  readonly counters: readonly { readonly in_words: string }[];
}

interface Story {
  readonly address: string;
  readonly suppressed: boolean;
  readonly in_words: readonly string[];
  readonly classes: Readonly<Record<string, { readonly blocked: boolean }>>;
  readonly entries: readonly Entry[];
  readonly events: readonly StoryEvent[];
  readonly releases: readonly Released[];
}

const eventColumns: readonly Column<Event>[] = [
  { title: 'AT', value: (row) => shortTime(row.at) },
  { title: 'PROVIDER', value: (row) => row.provider },
  { title: 'KIND', value: (row) => row.kind },
  { title: 'REPLY', value: replyOf, flexible: true },
  { title: 'CATEGORY', value: (row) => row.category },
  { title: 'RULE', value: (row) => row.decision.rule },
  {
    title: 'DONE',
    value: (row) => row.decision.action,
    style: (row) => (row.decision.action === 'suppress' ? 'red' : null),
  },
];

const releaseColumns: readonly Column<Released>[] = [
  { title: 'AT', value: (row) => shortTime(row.at) },
  { title: 'BY', value: (row) => row.actor },
  { title: 'REASONS', value: (row) => row.reasons.join(', ') },
  { title: 'STREAM', value: (row) => row.stream ?? 'all' },
  { title: 'WHY', value: (row) => row.why, flexible: true },
];

export default function why(command: Command): void {
  command
    .argument('<address>', 'the address')
    .option('--at <time>', 'as it was then: was it allowed, and why?')
    .action(async (address: string, _options: object, self: Command) => {
      const options = optionsOf<{ at?: string }>(self);
      const story = await withClient(options, 'refuse', (client) =>
        client.ask<Story>('GET', `/v1/addresses/${encodeURIComponent(address)}`, {
          query: { at: options.at },
        }),
      );
      if (options.json === true) printJson(story);
      else print(storyOf(story));
    });
  examples(command, [
    ['mailstop why ann@example.com --at 2026-11-02T09:30:00Z', 'what a check would have answered then'],
    ['mailstop why ann@example.com', 'entries, events and releases, with the rule behind each'],
  ]);
}

function storyOf({
  suppressed,
  in_words: [answer = '', ...more],
  classes,
  entries,
  events,
  releases,
}: Story): string {
  const width = Math.min(terminalWidth(), 100);
  const indented = (text: string) => wrap(clean(text), width - 2).map((line) => `  ${line}`);
  const mail = Object.entries(classes)
    .map(([name, { blocked }]) => `${name} ${blocked ? paint('red', 'blocked') : paint('green', 'may go')}`)
    .join('   ');
  const countersIn = ({ at, counters, receipt }: StoryEvent) => [
    ...counters.flatMap(({ in_words: words }) => indented(`${shortTime(at)}  ${words}`)),
    ...(receipt === null ? [] : [paint('dim', `    ${receipt}`)]),
  ];
  const parts = [
    `${paint(suppressed ? 'red' : 'green', clean(answer))}\n  ${mail}`,
    ...(more.length === 0 ? [] : [more.flatMap(indented).join('\n')]),
  ];
  if (entries.length > 0)
    parts.push(`Entries\n${entryTable(entries, [{ title: 'RULE', value: (row) => row.rule }])}`);
  if (events.length > 0) parts.push(`Events\n${table(eventColumns, events)}`);
  const counted = events.filter(({ counters }) => counters.length > 0);
  if (counted.length > 0) parts.push(`Counted\n${counted.flatMap(countersIn).join('\n')}`);
  if (releases.length > 0) parts.push(`Releases\n${table(releaseColumns, releases)}`);
  return parts.join('\n\n');
}
