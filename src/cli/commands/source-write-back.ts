/** The list written back to the provider's own: on, off, how far it came, and what was there before. */
import { Argument, type Command } from 'commander';
import { type Shared, withClient } from '../client.ts';
import { facts, plural, print, printJson, say, shortTime } from '../output.ts';
import { examples, optionsOf } from '../program.ts';
import { withKey } from './source-list.ts';

interface Options extends Shared {
  readonly providerKey?: string;
  readonly of?: string;
  readonly providerUrl?: string;
}

/** As GET /v1/sources/:id/list tells it. */
interface State {
  readonly provider: string;
  readonly of: string | null;
  readonly write_back: boolean;
  readonly why: string | null;
  readonly pushing: boolean;
  readonly behind: number;
  readonly added: number;
  readonly removed: number;
  readonly refused: number;
  readonly failing_since: string | null;
  readonly next_at: string | null;
  readonly last_at: string | null;
  readonly last_error: string | null;
}

export function writeBack(command: Command): void {
  withKey(command)
    .addArgument(new Argument('[switch]', 'without it, how far it came').choices(['on', 'off']))
    .action(async (id: string, turned: 'on' | 'off' | undefined, _given: object, self: Command) => {
      const options = optionsOf<Options>(self);
      const path = `/v1/sources/${encodeURIComponent(id)}/list`;
      const state = await withClient(options, 'refuse', (client) =>
        turned === undefined
          ? client.ask<State>('GET', path)
          : client.ask<State>('PUT', path, { json: changeOf(turned, options) }),
      );
      if (options.json === true) return printJson(state);
      print(facts(rowsOf(state)));
    });
  command.addHelpText(
    'after',
    `
On: what is suppressed from now on is added to the provider's own list, and what is released is taken off it. Complaints
and unsubscribes stay there, and what came from its list is not sent back. The key is kept sealed, and never shown; it
must be allowed to change suppressions. The server writes; this command only says that it shall.`,
  );
  examples(command, [
    ['mailstop source write-back postmark_… on --provider-key …', 'from now on'],
    ['mailstop source write-back postmark_…', 'how far it came, and what went wrong'],
  ]);
}

const changeOf = (turned: 'on' | 'off', options: Options) => {
  const { providerKey = process.env.MAILSTOP_PROVIDER_KEY, of, providerUrl } = options;
  return {
    write_back: turned === 'on',
    ...(turned === 'on' && providerKey ? { key: providerKey } : {}),
    ...(of === undefined ? {} : { of }),
    ...(providerUrl === undefined ? {} : { url: providerUrl }),
  };
};

const rowsOf = (state: State): (readonly [string, string])[] => [
  ['provider', state.of === null ? state.provider : `${state.provider}, ${state.of}`],
  ['write-back', state.write_back ? 'on' : 'off'],
  ...(state.why === null ? [] : [['given up', state.why] as const]),
  ['behind', `${state.behind} changes`],
  ...(state.pushing ? [['pushing', 'the list as it stands'] as const] : []),
  ['added', String(state.added)],
  ['removed', String(state.removed)],
  ['refused', String(state.refused)],
  ['last success', shortTime(state.last_at) || 'never'],
  ...(state.last_error === null ? [] : [['last error', state.last_error] as const]),
  ...(state.failing_since === null ? [] : [['failing since', shortTime(state.failing_since)] as const]),
  ...(state.next_at === null ? [] : [['next attempt', shortTime(state.next_at)] as const]),
];

interface Pushed {
  readonly addresses: number;
  readonly listed: number;
  readonly samples: readonly string[];
  readonly list: State;
}

export function push(command: Command): void {
  command
    .argument('<id>', 'the source, such as sendgrid_…')
    .option('--dry-run', 'say what would be put there, and change nothing')
    .action(async (id: string, _given: object, self: Command) => {
      const options = optionsOf<Shared & { readonly dryRun?: boolean }>(self);
      const dry = options.dryRun === true;
      const found = await withClient(options, 'refuse', (client) =>
        client.ask<Pushed>('POST', `/v1/sources/${encodeURIComponent(id)}/list/push`, {
          json: { dry_run: dry },
        }),
      );
      if (options.json === true) return printJson(found);
      const { addresses, listed, samples, list } = found;
      for (const address of samples) print(address);
      const missing = addresses - listed;
      if (missing > samples.length) say(`… and ${missing - samples.length} more`);
      say(
        dry
          ? `Would put ${plural(missing, 'address', 'addresses')} on the list of ${list.provider}, and of ${listed} more those that it has lost since. Nothing was changed.`
          : `The server reads the list of ${list.provider}, and puts there what is missing, ${plural(missing, 'address', 'addresses')} by what is known: mailstop source write-back ${id} says how far it came.`,
      );
    });
  command.addHelpText(
    'after',
    `
Write-back tells the provider of what changes from the moment it is on. This adds what was on the list before: everybody
whom a decision made here blocks from all mail. What came from the provider's own list is not sent back. The server
reads that list first, so that again it adds what is missing by then, also what somebody took off there.`,
  );
  examples(command, [
    ['mailstop source push postmark_… --dry-run', 'first a look'],
    ['mailstop source push postmark_…', 'after mailstop source write-back postmark_… on'],
  ]);
}
