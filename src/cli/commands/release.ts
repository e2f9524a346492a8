import type { Command } from 'commander';
import { type Shared, withClient } from '../client.ts';
import { usage } from '../failure.ts';
import { plural, print, printJson, say } from '../output.ts';
import { examples, gatheredWords, optionsOf } from '../program.ts';
import { type Entry, entryTable } from '../shapes.ts';

interface Options {
  readonly why: string;
  readonly reasons?: string[];
  readonly stream?: string;
  readonly evidence?: string;
  readonly evidenceAt?: string;
  readonly dryRun?: boolean;
  readonly allowance?: boolean;
  readonly all?: boolean;
  readonly undo?: string;
  readonly incident?: string;
  readonly confirm?: boolean;
  readonly [filter: string]: unknown;
}

/** Options that select entries, and the API's names for them. */
const filters = {
  code: 'code',
  enhanced: 'enhanced',
  category: 'category',
  rule: 'rule',
  blame: 'blame',
  domain: 'domain',
  mx: 'mx',
  provider: 'provider',
  source: 'source_id',
  template: 'template',
  incident: 'incident',
  reason: 'reason',
  since: 'from',
  until: 'to',
} as const;

interface Batch {
  readonly id: string | null;
  readonly preview: string;
  readonly matched: number;
  readonly addresses: number;
  readonly released: number;
  readonly excluded: Readonly<Record<string, number>>;
  readonly mx: {
    readonly operator: string;
    readonly domains: readonly string[];
    readonly elsewhere: number;
    readonly unknown_domains: readonly string[];
    readonly unknown: number;
  } | null;
  readonly samples: readonly Entry[];
}

export default function release(command: Command): void {
  command
    .argument('[address]', 'the address; "@example.com" for a domain\'s entry; none = by the options below')
    .requiredOption('--why <text>', 'the reason, kept in the audit')
    .option(
      '--reasons <reasons>',
      'what to release, such as hard-bounce,manual (default: bounces and manual entries)',
      gatheredWords,
    )
    .option('--stream <stream>', 'only for this kind of mail (default: all streams)')
    .option('--allowance', 'take back what "mailstop add --allow" gave it: bounces block it again')
    .option(
      '--evidence <text>',
      'how and where the person consented anew; needed for complaints and unsubscribes',
    )
    .option('--evidence-at <time>', 'when they did')
    .option('--code <code>', 'without an address: all bounces of this basic code, such as 504')
    .option('--enhanced <code>', '… of this enhanced code')
    .option('--category <category>', '… of this category')
    .option('--rule <rule>', '… of this rule')
    .option('--blame <blame>', '… with this blame, such as sender')
    .option('--domain <domain>', '… at this domain')
    .option('--mx <operator>', '… at domains whose mail this operator takes, such as google (asks DNS)')
    .option('--provider <provider>', '… reported by this provider')
    .option('--source <id>', '… reported to this source')
    .option('--template <reply>', '… with a reply like this one')
    .option('--incident <id>', '… that this incident holds; alone, it closes the incident')
    .option('--confirm', 'with --incident: nothing is released, since the receiver was right')
    .option('--reason <reason>', '… of this reason: hard-bounce, soft-bounce or manual')
    .option('--since <time>', '… first made from then on')
    .option('--until <time>', '… first made before')
    .option('--all', 'without any of them: every bounce on the list')
    .option('--undo <id>', 'take the release with this id back: what it lifted blocks again')
    .option('--dry-run', 'show what would be released, and change nothing')
    .action(async (address: string | undefined, _options: object, self: Command) => {
      const options = optionsOf<Options>(self);
      const filter = filterOf(options);
      if (options.undo !== undefined) return takeBack(address, options.undo, options);
      if (options.confirm === true && options.incident === undefined)
        throw usage('--confirm needs --incident');
      if (address === undefined && options.incident !== undefined && Object.keys(filter).length === 1)
        return decide(options.incident, options);
      if (address === undefined) return releaseSelected(options, filter);
      if (Object.keys(filter).length > 0 || options.dryRun === true)
        throw usage('an address and a selection do not go together; leave one of them out');
      if (options.allowance === true) return withdraw(address, options);
      const { why, reasons, stream, evidence, evidenceAt } = options;
      if ((evidence === undefined) !== (evidenceAt === undefined))
        throw usage('--evidence and --evidence-at go together');
      const answer = await withClient(options, 'refuse', (client) =>
        client.ask<{ id: string; released: Entry[] }>(
          'DELETE',
          `/v1/suppressions/${encodeURIComponent(address)}`,
          {
            query: { stream },
            json: {
              why,
              reasons,
              ...(evidence === undefined ? {} : { evidence: { text: evidence, at: evidenceAt } }),
            },
          },
        ),
      );
      if (options.json === true) return printJson(answer);
      print(entryTable(answer.released));
      say(
        `Released ${plural(answer.released.length, 'entry', 'entries')}. A provider may still keep the address on its own list.`,
      );
      sayUndo(answer.id);
    });
  examples(command, [
    ['mailstop release ann@example.com --why "mailbox restored"', 'bounces and manual entries'],
    [
      'mailstop release --code 504 --why "HELO name mended" --dry-run',
      'all entries of one cause: first a look',
    ],
    ['mailstop release --incident inc_… --why "Gmail was down"', 'what an incident holds'],
    ['mailstop release --undo rel_… --why "it was not mended after all"', 'and back again'],
    [
      'mailstop release ann@example.com --reasons unsubscribe --why "signed up again" --evidence "form /join" --evidence-at 2026-11-02T09:30:00Z',
      'with consent',
    ],
  ]);
}

interface Decided {
  readonly addresses: number;
  readonly excluded: Readonly<Record<string, number>>;
  readonly samples: readonly Entry[];
  readonly incident: { readonly release_id: string | null };
}

async function decide(id: string, options: Options & Shared): Promise<void> {
  const verb = options.confirm === true ? 'confirm' : 'release';
  const decided = await withClient(options, 'refuse', (client) =>
    client.ask<Decided>('POST', `/v1/incidents/${encodeURIComponent(id)}/${verb}`, {
      json: { why: options.why, dry_run: options.dryRun === true },
    }),
  );
  if (options.json === true) return printJson(decided);
  print(entryTable(decided.samples));
  const what = plural(decided.addresses, 'address', 'addresses');
  if (options.dryRun === true) say(`Would ${verb} ${what}; nothing was changed.`);
  else say(`${verb === 'confirm' ? 'Confirmed' : 'Released'} ${what}; the incident is closed.`);
  sayExcluded(decided.excluded);
  if (decided.incident.release_id !== null) sayUndo(decided.incident.release_id);
}

const filterOf = (options: Options): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(filters).flatMap(([option, name]) =>
      options[option] === undefined ? [] : [[name, options[option]]],
    ),
  );

async function releaseSelected(options: Options & Shared, filter: Record<string, unknown>): Promise<void> {
  if (Object.keys(filter).length === 0 && options.all !== true)
    throw usage(
      'name an address, or select entries with --code, --category, --domain or another of the options; --all means every bounce on the list',
    );
  const alone = ['reasons', 'stream', 'allowance', 'evidence', 'evidenceAt'].filter(
    (name) => options[name] !== undefined,
  );
  if (alone.length > 0)
    throw usage(
      `${alone.map((name) => `--${name === 'evidenceAt' ? 'evidence-at' : name}`).join(', ')} needs an address; a selection takes --reason, and all streams`,
    );
  const batch = await withClient(options, 'refuse', (client) =>
    client.ask<Batch>('POST', '/v1/releases', {
      json: { filter, all: options.all, why: options.why, dry_run: options.dryRun === true },
    }),
  );
  if (options.json === true) return printJson(batch);
  print(entryTable(batch.samples));
  const what = `${plural(batch.matched, 'entry', 'entries')} of ${plural(batch.addresses, 'address', 'addresses')}`;
  say(
    options.dryRun === true
      ? `Would release ${what}; nothing was changed.`
      : `Selected ${what}, released ${batch.released}.`,
  );
  sayExcluded(batch.excluded);
  if (batch.mx !== null) sayOperated(batch.mx);
  if (batch.id !== null) sayUndo(batch.id);
}

function sayExcluded(excluded: Batch['excluded']): void {
  const spared = Object.entries(excluded).map(([reason, count]) => `${count} ${reason}`);
  if (spared.length > 0) say(`Left alone: ${spared.join(', ')}.`);
}

function sayOperated({ operator, domains, elsewhere, ...mx }: NonNullable<Batch['mx']>): void {
  if (domains.length > 0) say(`At ${operator}: ${domains.slice(0, NAMED).join(', ')}${more(domains)}.`);
  if (elsewhere > 0) say(`Left alone, at other operators: ${plural(elsewhere, 'entry', 'entries')}.`);
  const { unknown, unknown_domains: names } = mx;
  if (unknown > 0)
    say(
      `Left alone, as DNS does not say who takes their mail: ${plural(unknown, 'entry', 'entries')} at ${names.slice(0, NAMED).join(', ')}${more(names)}.`,
    );
}

const NAMED = 10;
const more = (names: readonly string[]): string => (names.length > NAMED ? ' and others' : '');

const sayUndo = (id: string): void => say(`Take it back with: mailstop release --undo ${id} --why "…"`);

interface Undone {
  readonly addresses: number;
  readonly restored: number;
  readonly samples: readonly Entry[];
}

async function takeBack(address: string | undefined, id: string, options: Options & Shared): Promise<void> {
  if (address !== undefined) throw usage('--undo takes a release back as a whole; leave the address out');
  const undone = await withClient(options, 'refuse', (client) =>
    client.ask<Undone>('POST', `/v1/releases/${encodeURIComponent(id)}/undo`, {
      json: { why: options.why, dry_run: options.dryRun === true },
    }),
  );
  if (options.json === true) return printJson(undone);
  const of = plural(undone.addresses, 'address', 'addresses');
  if (options.dryRun === true) return say(`Would take back the release of ${of}; nothing was changed.`);
  print(entryTable(undone.samples));
  say(`Took back the release of ${of}: ${plural(undone.restored, 'entry blocks', 'entries block')} again.`);
}

async function withdraw(address: string, options: Options & Shared): Promise<void> {
  await withClient(options, 'refuse', (client) =>
    client.call('DELETE', `/v1/allowed/${encodeURIComponent(address)}`, { query: { why: options.why } }),
  );
  if (options.json === true) return printJson({ address, allowed: false });
  say('Taken back: what stands against it blocks again.');
}
