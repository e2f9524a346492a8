import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { faultAt, type PolicyText, type ReadText } from '../../app/policy-file.ts';
import { type Client, type Shared, withClient } from '../client.ts';
import { Failure, usage } from '../failure.ts';
import { clean, paint, plural, print, printJson, say, shortTime, table } from '../output.ts';
import { differences, read, written } from '../policy-file.ts';
import { added, type Preview, printPreview, printSimulation } from '../policy-preview.ts';
import { examples, optionsOf } from '../program.ts';
import { progress } from '../progress.ts';
import type { Listing } from '../shapes.ts';

interface Shown extends PolicyText {
  readonly version: number;
  readonly policy_version: string;
  readonly own_rules: readonly string[];
  readonly deciding: boolean;
  readonly warnings?: readonly string[];
  readonly preview?: Preview;
}

interface Version {
  readonly version: number;
  readonly created_at: string;
  readonly actor: string;
  readonly own_rules: readonly string[];
}

export default function policy(command: Command): void {
  command
    .command('get')
    .summary('print the policy as YAML, to be edited and set')
    .option('--own', 'only what differs from the default policy')
    .option('--revision <number>', 'an earlier version; 0 = the default')
    .action(async (_given: object, self: Command) => {
      const options = optionsOf<{ own?: boolean; revision?: string }>(self);
      const [shown, standard] = await withClient(options, 'in-memory', async (client) => [
        await get(client, options.revision),
        await get(client, '0'),
      ]);
      if (options.json === true) printJson(shown);
      else print(written(options.own === true ? ownOf(shown, standard) : shown));
    });
  command
    .command('check')
    .summary('is the file a policy, and do its cases hold?')
    .argument('<file>', 'YAML or JSON')
    .action(async (file: string, _given: object, self: Command) => {
      const options = optionsOf(self);
      const shown = await withClient(options, 'in-memory', (client) =>
        put(client, file, { dryRun: true, whole: false }),
      );
      if (options.json === true) return printJson(shown);
      warn(shown);
      say(
        `${paint('green', 'It holds')}: ${plural(shown.own_rules.length, 'rule')} of its own, ${plural(shown.tests.length, 'case')} passed.`,
      );
    });
  command
    .command('diff')
    .summary('what a file, or the policy in force, changes of the rules, and what it would do to the list')
    .argument('[file]', 'YAML or JSON; none = the policy in force against the default')
    .action(async (file: string | undefined, _given: object, self: Command) => {
      const options = optionsOf(self);
      await withClient(options, 'in-memory', async (client) => {
        const before = await get(client, file === undefined ? '0' : undefined);
        const after =
          file === undefined
            ? await get(client, undefined)
            : await put(client, file, { dryRun: true, whole: true });
        if (options.json === true) return printJson(after);
        print(differences(before, after) || 'No difference.');
        if (after.preview !== undefined) printPreview(after.preview);
        warn(after);
      });
    });
  command
    .command('simulate')
    .summary('what a policy would have made of what was recorded')
    .argument('<file>', 'YAML or JSON')
    .option(
      '--since <when>',
      'a time, or so many days or hours ago, such as 90d; only addresses with news since',
    )
    .action(async (file: string, _given: object, self: Command) => {
      const options = optionsOf<{ since?: string }>(self);
      const since = sinceOf(options.since);
      const simulated = await withClient(options, 'refuse', (client) => simulate(client, file, since));
      if (options.json === true) return printJson(simulated);
      printSimulation(simulated);
    });
  command
    .command('set')
    .summary('activate a file, or go back to an earlier version')
    .argument('[file]', 'YAML or JSON')
    .option('--revision <number>', 'instead of a file: an earlier version; 0 = the default')
    .option('--dry-run', 'say what would change, and change nothing')
    .option('--if-revision <number>', 'only where this is still the version in force')
    .action(async (file: string | undefined, _given: object, self: Command) => {
      const options = optionsOf<SetOptions>(self);
      if ((file === undefined) === (options.revision === undefined))
        throw usage('name a file, or an earlier version with --revision');
      await withClient(options, options.dryRun === true ? 'in-memory' : 'create', (client) =>
        set(client, file, options),
      );
    });
  command
    .command('versions')
    .summary('the versions so far, newest first')
    .action(async (_given: object, self: Command) => {
      const options = optionsOf(self);
      const versions = await withClient(options, 'in-memory', (client) =>
        client.ask<Listing<Version>>('GET', '/v1/policy/versions', { query: { limit: 1_000 } }),
      );
      if (options.json === true) return printJson(versions);
      if (versions.data.length === 0) return say('It is the default policy, never changed.');
      print(
        table(
          [
            { title: 'VERSION', value: (row: Version) => String(row.version) },
            { title: 'AT', value: (row) => shortTime(row.created_at) },
            { title: 'BY', value: (row) => row.actor },
            { title: 'OWN RULES', value: (row) => row.own_rules.join(', '), flexible: true },
          ],
          versions.data,
        ),
      );
    });
  examples(command, [
    ['mailstop policy get > policy.yaml', 'all rules, to be edited'],
    ['mailstop policy diff policy.yaml', 'which rules change, and what becomes of the list'],
    ['mailstop policy simulate policy.yaml --since 90d', 'what it would have made of the last three months'],
    ['mailstop policy set policy.yaml', 'activate it'],
    ['mailstop policy set --revision 0', 'back to the default'],
  ]);
}

interface SetOptions {
  readonly revision?: string;
  readonly dryRun?: boolean;
  readonly ifRevision?: string;
}

async function set(client: Client, file: string | undefined, options: SetOptions & Shared): Promise<void> {
  const dryRun = options.dryRun === true;
  const wanted = { dryRun, whole: true, ifVersion: options.ifRevision };
  const shown =
    file === undefined
      ? await send(client, withoutFacts(await get(client, options.revision)), wanted)
      : await put(client, file, wanted);
  if (dryRun) {
    if (options.json === true) return printJson(shown);
    if (shown.preview !== undefined) printPreview(shown.preview);
    warn(shown);
    return say('Nothing was changed.');
  }
  await decide(client, shown);
  if (options.json === true) return printJson({ ...shown, deciding: false });
  warn(shown);
  say(
    `The policy is at version ${shown.version} now. Back: mailstop policy set --revision ${shown.version - 1}`,
  );
}

/** Less what the default policy says as well. */
const ownOf = (shown: Shown, standard: Shown): PolicyText => ({
  ...shown,
  rules: shown.rules.filter(({ id }) => shown.own_rules.includes(id)),
  matrix: Object.fromEntries(
    Object.entries(shown.matrix).filter(
      ([reason, classes]) => String(classes) !== String(standard.matrix[reason]),
    ),
  ),
});

const get = (client: Client, version: string | undefined): Promise<Shown> =>
  client.ask<Shown>('GET', '/v1/policy', { query: { version } });

/** What is the document's, without what the answer tells beside it. */
const withoutFacts = ({ rules, streams, matrix, tests }: PolicyText): PolicyText => ({
  rules,
  streams,
  matrix,
  tests,
});

interface Wanted {
  readonly dryRun: boolean;
  /** A preview of the whole list, however many answers it takes. */
  readonly whole: boolean;
  readonly ifVersion?: string | undefined;
}

/** Faults of the document are told with the line on which each stands. */
function put(client: Client, file: string, wanted: Wanted): Promise<Shown> {
  const document = read(textOf(file), file);
  return withLines(document, file, () => send(client, document.value, wanted));
}

async function withLines<T>(document: ReadText, file: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Failure) || error.pointers.length === 0) throw error;
    const lines = error.pointers.map((fault) => {
      const { line, words } = faultAt(document, fault);
      return `  ${clean(file)}:${line}: ${clean(words)}`;
    });
    throw usage(`this is no policy yet:\n${lines.join('\n')}`);
  }
}

async function send(client: Client, document: unknown, { dryRun, whole, ifVersion }: Wanted): Promise<Shown> {
  const ask = (cursor: string | undefined) =>
    client.ask<Shown>('PUT', '/v1/policy', {
      query: { dry_run: dryRun ? true : undefined, cursor },
      headers: ifVersion === undefined ? {} : { 'if-match': `"${ifVersion}"` },
      json: document,
    });
  let shown = await ask(undefined);
  while (whole && shown.preview !== undefined && shown.preview.next_cursor !== null) {
    const before = shown.preview;
    say(`${plural(before.addresses, 'address', 'addresses')} looked at …`);
    shown = await ask(before.next_cursor ?? undefined);
    if (shown.preview !== undefined) shown = { ...shown, preview: added(before, shown.preview) };
  }
  return shown;
}

async function simulate(client: Client, file: string, since: string | undefined): Promise<Preview> {
  const document = read(textOf(file), file);
  const bar = progress('Simulating', null);
  const ask = (cursor?: string) =>
    client.ask<Preview>('POST', '/v1/policy/simulate', {
      query: { cursor },
      json: { policy: document.value, since },
    });
  try {
    let whole = await withLines(document, file, () => ask());
    bar.add(whole.addresses);
    while (whole.next_cursor !== null) {
      const next = await ask(whole.next_cursor);
      bar.add(next.addresses);
      whole = added(whole, next);
    }
    return whole;
  } finally {
    bar.stop();
  }
}

/** `90d` or `36h`, or a time as the API takes it. */
function sinceOf(text: string | undefined): string | undefined {
  const [, count, unit] = /^(\d{1,5})([dh])$/.exec(text ?? '') ?? [];
  if (count === undefined) return text;
  return new Date(Date.now() - Number(count) * (unit === 'd' ? 86_400_000 : 3_600_000)).toISOString();
}

async function decide(client: Client, { deciding }: Shown): Promise<void> {
  let total = 0;
  for (let done = !deciding; !done; ) {
    const step = await client.ask<{ addresses: number; done: boolean }>('POST', '/v1/policy/decide');
    total += step.addresses;
    done = step.done;
    say(`${plural(total, 'address', 'addresses')} decided anew${done ? '.' : ' …'}`);
  }
}

function warn({ warnings = [] }: Shown): void {
  for (const warning of warnings) say(`${paint('yellow', 'Note')}: ${clean(warning)}.`);
}

function textOf(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw usage(
      code === 'ENOENT' ? `there is no file ${clean(file)}` : `cannot read ${clean(file)} (${code})`,
    );
  }
}
