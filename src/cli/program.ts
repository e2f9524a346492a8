/** The commands, and how their ends become exit codes. Each command's file is loaded when it is called. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import type { Shared } from './client.ts';
import { exitCodes, Failure } from './failure.ts';
import { clean, paint, say } from './output.ts';
import { addShared, refuseListElsewhere } from './shared.ts';

/** Adds arguments, options and the action to a command that has its name and summary already. */
export type Setup = (command: Command) => void;

interface Entry {
  readonly summary: string;
  load(): Promise<{ readonly default: Setup }>;
}

const groups: Readonly<Record<string, Readonly<Record<string, Entry>>>> = {
  'Ask and change the list:': {
    check: {
      summary: 'may I send to these addresses? (exit code 3: no)',
      load: () => import('./commands/check.ts'),
    },
    scrub: {
      summary: 'take off a mailing list what may not be sent to',
      load: () => import('./commands/scrub.ts'),
    },
    filter: {
      summary: 'the list as a small file, for checks without a network: build, check, key',
      load: () => import('./commands/filter.ts'),
    },
    why: { summary: 'the whole story of one address', load: () => import('./commands/why.ts') },
    list: { summary: 'the entries of the list, filtered', load: () => import('./commands/list.ts') },
    add: { summary: 'put an address on the list', load: () => import('./commands/add.ts') },
    release: { summary: 'take an address off the list', load: () => import('./commands/release.ts') },
    import: { summary: 'read a list from CSV or NDJSON', load: () => import('./commands/import.ts') },
    export: { summary: 'write the list as CSV or NDJSON', load: () => import('./commands/export.ts') },
  },
  'Understand:': {
    explain: {
      summary: 'what a code or a reply means, and what to do',
      load: () => import('./commands/explain.ts'),
    },
    classify: {
      summary: 'what replies of mail servers say, one by one',
      load: () => import('./commands/classify.ts'),
    },
    unmapped: {
      summary: 'labels and replies that no rule knew',
      load: () => import('./commands/unmapped.ts'),
    },
  },
  'Set up and run:': {
    serve: { summary: 'start the server', load: () => import('./commands/serve.ts') },
    demo: { summary: 'the whole job on a throw-away database', load: () => import('./commands/demo.ts') },
    source: {
      summary:
        'webhook endpoints: add, list, show, test, pull, drift, unlist, pause, resume, disable, enable, remove',
      load: () => import('./commands/source.ts'),
    },
    ingest: {
      summary: 'take in bounce mail, or what a provider sent',
      load: () => import('./commands/ingest.ts'),
    },
    verp: {
      summary: 'return paths that make bounces provable',
      load: () => import('./commands/verp.ts'),
    },
    tag: {
      summary: 'recipient tags, without which a leaked URL lists nobody',
      load: () => import('./commands/tag.ts'),
    },
    policy: {
      summary: 'the rules: get, check, diff, simulate, set, versions',
      load: () => import('./commands/policy.ts'),
    },
    alert: { summary: 'alerts by mail: test', load: () => import('./commands/alert.ts') },
    key: { summary: 'API keys: create, list, revoke', load: () => import('./commands/key.ts') },
    user: {
      summary: 'who signs in to the pages with a password: add, list, remove',
      load: () => import('./commands/user.ts'),
    },
    tenant: { summary: 'tenants: create, list', load: () => import('./commands/tenant.ts') },
    migrate: {
      summary: 'make the database, or bring it up to date',
      load: () => import('./commands/migrate.ts'),
    },
    copy: {
      summary: 'move everything to another database or server',
      load: () => import('./commands/copy.ts'),
    },
    erase: {
      summary: 'forget an address, and keep it suppressed',
      load: () => import('./commands/erase.ts'),
    },
    follow: {
      summary: 'mirror the list to a file or another server',
      load: () => import('./commands/follow.ts'),
    },
    backup: { summary: 'a copy of the database in a new file', load: () => import('./commands/backup.ts') },
    restore: {
      summary: 'make the database from a backup',
      load: () => import('./commands/restore.ts'),
    },
    replay: { summary: 'read quarantined input again', load: () => import('./commands/replay.ts') },
    audit: { summary: 'who changed what', load: () => import('./commands/audit.ts') },
    doctor: { summary: 'is everything as it should be?', load: () => import('./commands/doctor.ts') },
  },
};

const introduction = `Mailstop reads the bounce webhooks of your email providers, keeps the suppression list, and answers before each send.

It works on the local database (MAILSTOP_DATABASE_URL, else ./data/mailstop.db), or on a running server with --url and --key.`;

export async function run(args: readonly string[]): Promise<number> {
  listenForFailedOutput();
  try {
    const program = await programFor(args);
    await program.parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? exitCodes.done);
  } catch (error) {
    // Commander has already said what is wrong, or shown the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    if (error instanceof Failure) {
      say(`mailstop: ${error.message}`);
      return error.exitCode;
    }
    say(`mailstop: ${clean(error instanceof Error ? error.message : String(error))}`);
    if (process.env.MAILSTOP_DEBUG !== undefined && error instanceof Error) say(error.stack ?? '');
    return exitCodes.failed;
  }
}

/** All commands by name and summary; the one that is called with everything. */
async function programFor(args: readonly string[]): Promise<Command> {
  const program = configured(new Command('mailstop'))
    .description(introduction)
    .version(version(), '-V, --version', 'print the version')
    .hook('preAction', (_program, command) => refuseListElsewhere(command));
  addShared(program);
  const { operands } = program.parseOptions([...args]);
  const called = operands[0] === 'help' ? operands[1] : operands[0];
  for (const [heading, commands] of Object.entries(groups)) {
    program.commandsGroup(heading);
    for (const [name, { summary, load }] of Object.entries(commands)) {
      const command = configured(program.command(name)).summary(summary).description(sentence(summary));
      if (name === called) {
        (await load()).default(command);
        leavesOf(command).forEach(addShared);
      }
    }
  }
  program.commandsGroup('More:');
  examples(program, [
    ['mailstop demo', 'see it work'],
    ['mailstop check ann@example.com', 'may I send to this address?'],
    ['mailstop explain 504', 'what a code means and what to do'],
    ['mailstop source add sendgrid --name main', 'an endpoint for a provider'],
  ]);
  return program;
}

/** A block of examples at the end of the help. */
export function examples(command: Command, lines: readonly (readonly [line: string, what: string])[]): void {
  const width = Math.max(...lines.map(([line]) => line.length));
  command.addHelpText(
    'after',
    `\nExamples:\n${lines.map(([line, what]) => `  ${line.padEnd(width)}  ${paint('dim', `# ${what}`)}`).join('\n')}`,
  );
}

/** For options that may be given more than once. */
export const gathered = (value: string, before: string[] = []): string[] => [...before, value];
/** The same, for words that hold no comma: `check,read`. */
export const gatheredWords = (value: string, before: string[] = []): string[] => [
  ...before,
  ...value.split(',').map((word) => word.trim()),
];

/** The options of a command together with the shared ones. */
export const optionsOf = <T>(command: Command): T & Shared => command.optsWithGlobals<T & Shared>();

function configured(command: Command): Command {
  return command
    .exitOverride()
    .showSuggestionAfterError(true)
    .allowExcessArguments(false)
    .helpOption('-h, --help', 'show this help')
    .configureHelp({
      styleTitle: (title) => paint('bold', title),
      helpWidth: Math.min(100, process.stdout.columns ?? 100),
    })
    .configureOutput({ outputError: (text, write) => write(oneSentence(text)) });
}

const leavesOf = (command: Command): Command[] =>
  command.commands.length === 0 ? [command] : [...command.commands];

/** Commander's `error: unknown command 'x'⏎(Did you mean y?)` as one sentence. */
function oneSentence(text: string): string {
  const [first = '', ...more] = text.trim().split('\n');
  const hint = more.join(' ').replace(/^\(Did you mean (.*)\?\)$/, '; did you mean $1?');
  return `mailstop: ${clean(first.replace(/^error: /, ''))}${hint === '' ? ' (see --help)' : hint}\n`;
}

const sentence = (summary: string): string => summary.charAt(0).toUpperCase() + summary.slice(1);

const version = (): string =>
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;

/**
 * `mailstop list | head` closes our stdout early: that is no failure. What nobody reads on stderr keeps no work from
 * being done.
 */
function listenForFailedOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCodes.done);
    say(`mailstop: cannot write to stdout (${clean(error.message)})`);
    process.exit(exitCodes.failed);
  });
  process.stderr.on('error', () => {});
}
