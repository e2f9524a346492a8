import type { Command } from 'commander';
import { addressColumns, columnName } from '../../app/import-format.ts';
import { isDecidedHere } from '../../app/write-back-plan.ts';
import { canonicalAddress } from '../../core/address.ts';
import type { Given, Item, ProviderList } from '../../lists/list.ts';
import { providerLists } from '../../lists/registry.ts';
import { type Client, type Shared, withClient } from '../client.ts';
import { exitCodes, Failure, usage } from '../failure.ts';
import { clean, plural, print, printJson, say, table } from '../output.ts';
import { examples, optionsOf } from '../program.ts';
import { progress } from '../progress.ts';
import { asker } from '../provider-list.ts';
import type { Entry, Source } from '../shapes.ts';

type Asking = Pick<Client, 'ask'>;

interface Options extends Shared {
  readonly providerKey?: string;
  readonly of?: string;
  readonly providerUrl?: string;
  readonly dryRun?: boolean;
}

interface Report {
  readonly by_reason: Readonly<Record<string, number>>;
  readonly added: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly errors: readonly { readonly line: number; readonly detail: string }[];
}

const SHOWN = 10;
/** As many rows as an import tells of one by one. */
const AT_ONCE = 1_000;

export const withKey = (command: Command): Command =>
  command
    .argument('<id>', 'the source, such as sendgrid_…')
    .option('--provider-key <key>', 'an API key of the provider (default: MAILSTOP_PROVIDER_KEY)')
    .option('--of <which>', 'which of its lists: a domain, message stream, account or region')
    .option('--provider-url <url>', 'another address of its API, such as that of another region');

export function pull(command: Command): void {
  withKey(command)
    .option('--dry-run', 'say what is understood, and change nothing')
    .action(async (id: string, _given: object, self: Command) => {
      const options = optionsOf<Options>(self);
      const report = await withClient(options, 'refuse', async (client) => pullAll(client, id, options));
      if (options.json === true) return printJson(report);
      const rows = Object.entries(report.by_reason).map(([reason, count]) => `${count} ${reason}`);
      for (const { detail } of report.errors.slice(0, SHOWN)) say(`Skipped: ${clean(detail)}`);
      say(
        options.dryRun === true
          ? `Would take over ${rows.join(', ') || 'nothing'}, and skip ${report.skipped}. Nothing was changed.`
          : `${report.added} added, ${report.unchanged} on the list already, ${report.skipped} skipped.`,
      );
    });
  examples(command, [
    ['mailstop source pull sendgrid_… --dry-run', 'what its five lists hold'],
    ['mailstop source pull mailgun_… --of mg.example.com', 'the lists of one domain'],
  ]);
}

export async function pullAll(client: Asking, id: string, options: Options): Promise<Report> {
  const { list, given, provider } = await listOf(client, id, options);
  const total = {
    by_reason: {} as Record<string, number>,
    added: 0,
    unchanged: 0,
    skipped: 0,
    errors: [] as Report['errors'][number][],
  };
  const bar = progress(`Reading ${provider}`, null);
  try {
    for await (const items of list.pages(asker(provider), given)) {
      if (items.length === 0) continue;
      const report = await client.ask<Report>('POST', '/v1/suppressions/import', {
        body: linesOf(items),
        headers: { 'content-type': 'application/x-ndjson' },
        query: { dry_run: options.dryRun === true ? true : undefined, source: id },
      });
      total.added += report.added;
      total.unchanged += report.unchanged;
      total.skipped += report.skipped;
      total.errors.push(...report.errors.slice(0, SHOWN));
      for (const [reason, count] of Object.entries(report.by_reason))
        total.by_reason[reason] = (total.by_reason[reason] ?? 0) + count;
      bar.add(items.length);
    }
    return total;
  } finally {
    bar.stop();
  }
}

interface Drift {
  readonly provider: string;
  readonly there: number;
  readonly only_there: readonly string[];
  readonly only_here: readonly string[];
}

export function drift(command: Command): void {
  withKey(command).action(async (id: string, _given: object, self: Command) => {
    const options = optionsOf<Options>(self);
    const found = await withClient(options, 'refuse', (client) => compare(client, id, options));
    if (options.json === true) printJson(found);
    else tell(found);
    if (found.only_there.length + found.only_here.length > 0) process.exitCode = exitCodes.failed;
  });
  command.addHelpText(
    'after',
    `
Only there: the provider drops what is sent to it, and this list would let it go: mailstop source pull.
Only here: released there or never listed, and reported by this source, or with write-back decided here: it goes on
being blocked here, and with write-back mailstop source push puts it there.
Exit code 1 where the lists differ: for a cron job that tells somebody.`,
  );
  examples(command, [['mailstop source drift postmark_… --of outbound', 'what the two lists do not share']]);
}

export async function compare(client: Asking, id: string, options: Options): Promise<Drift> {
  const { list, given, provider } = await listOf(client, id, options);
  const there = new Set<string>();
  const onlyThere: string[] = [];
  const bar = progress(`Comparing with ${provider}`, null);
  try {
    for await (const items of list.pages(asker(provider), given)) {
      for (let from = 0; from < items.length; from += AT_ONCE) {
        const some = items.slice(from, from + AT_ONCE);
        const addresses = (await blocking(client, some)).filter((address) => !there.has(address));
        for (const address of addresses) there.add(address);
        const { results } = await client.ask<{ results: { address: string; suppressed: boolean | null }[] }>(
          'POST',
          '/v1/check',
          { json: { addresses } },
        );
        for (const { address, suppressed } of results) if (suppressed === false) onlyThere.push(address);
        bar.add(some.length);
      }
    }
    const isWritten = await isWrittenBack(client, id);
    const onlyHere: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page: { data: Entry[]; next_cursor: string | null } = await client.ask(
        'GET',
        '/v1/suppressions',
        {
          query: { ...(isWritten ? {} : { provider }), limit: AT_ONCE, cursor },
        },
      );
      const missing = page.data.filter(
        (entry) =>
          !entry.address.startsWith('@') &&
          !there.has(entry.address) &&
          (entry.source_id === id || (isWritten && isDecidedHere(entry, { provider }))),
      );
      onlyHere.push(...(await suppressedOf(client, missing)));
      cursor = page.next_cursor;
    }
    return {
      provider,
      there: there.size,
      only_there: onlyThere.sort(),
      only_here: [...new Set(onlyHere)].sort(),
    };
  } finally {
    bar.stop();
  }
}

/** Then all that was decided here is to be there, and else what this source reported. */
async function isWrittenBack(client: Asking, id: string): Promise<boolean> {
  try {
    const path = `/v1/sources/${encodeURIComponent(id)}/list`;
    return (await client.ask<{ write_back: boolean }>('GET', path)).write_back;
  } catch (error) {
    if (error instanceof Failure && error.status === 404) return false;
    throw error;
  }
}

/** Without those for whom an allow entry stands. */
async function suppressedOf(
  client: Asking,
  entries: readonly Pick<Entry, 'address'>[],
): Promise<readonly string[]> {
  if (entries.length === 0) return [];
  const { results } = await client.ask<{ results: { address: string; suppressed: boolean | null }[] }>(
    'POST',
    '/v1/check',
    { json: { addresses: entries.map(({ address }) => address) } },
  );
  return results.flatMap(({ address, suppressed }) => (suppressed === false ? [] : [address]));
}

/** Of the rows those that would block: one that speaks of a fault of the sender keeps nobody off. */
async function blocking(client: Asking, items: readonly Item[]): Promise<string[]> {
  const { errors } = await client.ask<Report>('POST', '/v1/suppressions/import', {
    body: linesOf(items),
    headers: { 'content-type': 'application/x-ndjson' },
    query: { dry_run: true },
  });
  const skipped = new Set(errors.map(({ line }) => line));
  return items.flatMap((item, i) => {
    const address = canonicalAddress(Object.entries(item).find(([name]) => isAddress(name))?.[1]);
    return skipped.has(i + 1) || !address.ok ? [] : [address.value];
  });
}

const isAddress = (name: string): boolean => addressColumns.includes(columnName(name));

const linesOf = (items: readonly Item[]): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(`${items.map((item) => JSON.stringify(item)).join('\n')}\n`);

function tell({ provider, there, only_there, only_here }: Drift): void {
  const rows = [
    ...only_there.slice(0, SHOWN).map((address) => ({ where: `only at ${provider}`, address })),
    ...only_here.slice(0, SHOWN).map((address) => ({ where: 'only here', address })),
  ];
  if (rows.length > 0)
    print(
      table(
        [
          { title: 'WHERE', value: (row: (typeof rows)[number]) => row.where },
          { title: 'ADDRESS', value: (row) => row.address },
        ],
        rows,
      ),
    );
  say(
    `${plural(there, 'address', 'addresses')} there; ${only_there.length} only there, ${only_here.length} only here.`,
  );
}

export function unlist(command: Command): void {
  withKey(command)
    .argument('<address>', 'who is to be taken off')
    .action(async (id: string, given: string, _options: object, self: Command) => {
      const options = optionsOf<Options>(self);
      const address = canonicalAddress(given);
      if (!address.ok) throw usage(`"${clean(given)}" is not an address: ${address.error}`);
      await withClient(options, 'refuse', async (client) => {
        const { list, given: access, provider } = await listOf(client, id, options);
        const { results } = await client.ask<{ results: { suppressed: boolean | null }[] }>(
          'POST',
          '/v1/check',
          {
            json: { addresses: [address.value] },
          },
        );
        if (results[0]?.suppressed !== false)
          throw new Failure(
            `${address.value} is suppressed here; release it first (mailstop release), so that both lists say the same`,
          );
        await list.remove(asker(provider), access, address.value);
        if (options.json === true) return printJson({ provider, address: address.value });
        say(`${address.value} is on no list of ${provider} any more that this key reaches.`);
      });
    });
  examples(command, [
    ['mailstop source unlist postmark_… ann@example.com', 'after mailstop release ann@example.com'],
  ]);
}

export async function listOf(
  client: Asking,
  id: string,
  { providerKey = process.env.MAILSTOP_PROVIDER_KEY, of, providerUrl }: Options,
): Promise<{ list: ProviderList; given: Given; provider: string }> {
  const { provider } = await client.ask<Source>('GET', `/v1/sources/${encodeURIComponent(id)}`);
  const list = providerLists.get(provider);
  if (list === undefined)
    throw usage(
      `${provider} has no list that can be read by an API; there are ${[...providerLists.keys()].join(', ')}`,
    );
  if (providerKey === undefined || providerKey === '')
    throw usage(
      'give an API key of the provider: --provider-key, or MAILSTOP_PROVIDER_KEY in the environment',
    );
  if (list.needsOf === true && of === undefined) throw usage(`--of must say ${list.of}`);
  return {
    list,
    provider,
    given: { key: providerKey, of: of ?? null, url: providerUrl?.replace(/\/+$/, '') ?? null },
  };
}
