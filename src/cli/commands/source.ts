import type { Command } from 'commander';
import { nodeRuntime } from '../../node-runtime.ts';
import { providerOf, providers } from '../../providers/registry.ts';
import { type Shared, withClient } from '../client.ts';
import { usage } from '../failure.ts';
import { linesOf } from '../input.ts';
import { type Column, clean, facts, print, printJson, say, shortTime, table } from '../output.ts';
import { examples, gathered, optionsOf } from '../program.ts';
import type { Source } from '../shapes.ts';

interface AddOptions {
  readonly name?: string;
  readonly secret?: string[];
  readonly basicAuth?: string[];
  readonly topicArn?: string[];
  readonly stream?: string;
  readonly map?: string[];
  readonly publicUrl?: string;
  readonly allowUnsigned?: boolean;
  readonly requireSha256?: boolean;
  readonly trust?: string;
}

const columns: readonly Column<Source>[] = [
  { title: 'ID', value: (row) => row.id },
  { title: 'NAME', value: (row) => row.name, flexible: true },
  { title: 'STATE', value: stateOf, style: (row) => (row.disabled ? 'dim' : row.unsigned ? 'red' : 'green') },
  { title: 'STREAM', value: (row) => row.stream ?? 'all' },
  { title: 'LAST EVENT', value: (row) => shortTime(row.last_event_at) || 'never' },
];

export default function source(command: Command): void {
  add(command.command('add').summary('an endpoint for a provider'));
  list(command.command('list').summary('all endpoints'));
  one(command.command('show').summary('one endpoint'), 'GET');
  one(command.command('disable').summary('an endpoint answers 404 and stores nothing'), 'PATCH', {
    disabled: true,
  });
  one(command.command('enable').summary('a disabled endpoint works again'), 'PATCH', { disabled: false });
  remove(command.command('remove').summary('an endpoint is gone; its events stay'));
  examples(command, [
    ['mailstop source add generic --name "try it"', 'makes a shared secret and shows it once'],
    ['mailstop source add amazon-ses --name ses --topic-arn arn:aws:sns:…', 'takes that topic only'],
    ['mailstop source list', 'who is connected, and when it was last heard'],
  ]);
}

function add(command: Command): void {
  command
    .argument('<provider>', providers.map(({ id }) => id).join(', '))
    .option('--name <name>', 'for people (default: the provider)')
    .option(
      '--secret <value>',
      'signing key, public key or shared secret; again for each while you rotate; "-" reads it from stdin',
      gathered,
    )
    .option('--basic-auth <user:password>', 'HTTP basic auth that the provider sends', gathered)
    .option('--topic-arn <arn>', 'SNS topic that may post; again for each (amazon-ses)', gathered)
    .option('--stream <stream>', 'the stream of all its mail')
    .option(
      '--map <group=stream>',
      "the provider's group, topic or list to a stream; again for each",
      gathered,
    )
    .option('--public-url <url>', 'the URL as the provider calls it, where it signs that')
    .option('--allow-unsigned', 'check nothing: for tests only')
    .option('--require-sha256', 'refuse SHA-1 signatures')
    .option('--trust <trust>', 'full or proven (dsn, arf)')
    .action(async (provider: string, _options: object, self: Command) => {
      const options = optionsOf<AddOptions>(self);
      const { body, made } = await bodyOf(provider, options);
      const created = await withClient(options, 'create', (client) =>
        client.ask<Source>('POST', '/v1/sources', { json: body }),
      );
      if (options.json === true) return printJson(made === null ? created : { ...created, secret: made });
      print(
        facts([
          ['id', created.id],
          ['url', created.url],
          ['secret', made],
        ]),
      );
      say(nextStep(created, made));
    });
}

async function bodyOf(
  provider: string,
  options: AddOptions,
): Promise<{ body: Record<string, unknown>; made: string | null }> {
  const keys = await Promise.all(
    (options.secret ?? []).map((value) => (value === '-' ? secretFromStdin() : value)),
  );
  const basic = (options.basicAuth ?? []).map(basicAuthOf);
  const proven =
    keys.length + basic.length + (options.topicArn ?? []).length > 0 || options.allowUnsigned === true;
  // A shared secret is ours to choose, so that nobody has to think one up.
  const made =
    !proven && providerOf(provider)?.needs.proof === 'shared' ? nodeRuntime().randomText(43) : null;
  const secrets = {
    ...(made === null && keys.length === 0 ? {} : { keys: made === null ? keys : [made] }),
    ...(basic.length === 0 ? {} : { basic_auth: basic }),
    ...(options.topicArn === undefined ? {} : { topic_arns: options.topicArn }),
  };
  const body = {
    provider,
    name: options.name ?? provider,
    ...(Object.keys(secrets).length === 0 ? {} : { secrets }),
    stream: options.stream,
    streams: options.map === undefined ? undefined : Object.fromEntries(options.map.map(pairOf)),
    public_url: options.publicUrl,
    allow_unsigned: options.allowUnsigned,
    require_sha256: options.requireSha256,
    trust: options.trust,
  };
  return { body, made };
}

async function secretFromStdin(): Promise<string> {
  const text = (await linesOf(process.stdin)).join('\n');
  if (text === '') throw usage('there is no secret on stdin');
  return text;
}

function basicAuthOf(text: string): { username: string; password: string } {
  const colon = text.indexOf(':');
  if (colon < 1) throw usage('--basic-auth needs user:password');
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

function pairOf(text: string): [string, string] {
  const equals = text.lastIndexOf('=');
  if (equals < 1) throw usage('--map needs group=stream');
  return [text.slice(0, equals), text.slice(equals + 1)];
}

function nextStep({ url, provider, unsigned, warnings = [] }: Source, made: string | null): string {
  const lines = [
    ...warnings.map(clean),
    made === null
      ? ''
      : 'The secret is shown only now; the provider sends it as "Authorization: Bearer" or in the header X-Mailstop-Key.',
  ];
  if (unsigned && warnings.length === 0)
    lines.push('Anyone who knows the URL may post to it, for nothing is checked.');
  if (provider === 'generic' && (made !== null || unsigned)) {
    const header = made === null ? '' : ` -H 'X-Mailstop-Key: ${made}'`;
    lines.push(
      `Try it:\n  curl -s ${url}${header} -H 'Content-Type: application/json' -d '{"recipient":"ann@example.com","event":"bounce","text":"550 5.1.1 user unknown"}'`,
    );
  } else lines.push(`Paste the URL into the provider's console${docsOf(provider)}.`);
  return lines.filter((line) => line !== '').join('\n');
}

const docsOf = (provider: string): string => {
  const docs = providerOf(provider)?.docs;
  return docs === undefined ? '' : ` (${docs})`;
};

function list(command: Command): void {
  command.action(async (_options: object, self: Command) => {
    const options = optionsOf(self);
    const answer = await withClient(options, 'refuse', (client) => client.all<Source>('/v1/sources'));
    if (options.json === true) return printJson(answer);
    if (answer.data.length === 0) return say('There is no source yet: mailstop source add PROVIDER');
    print(table(columns, answer.data));
  });
}

function one(command: Command, method: 'GET' | 'PATCH', change?: { readonly disabled: boolean }): void {
  command
    .argument('<id>', 'the source, such as sendgrid_…')
    .action(async (id: string, _options: object, self: Command) => {
      const options = optionsOf(self);
      const call = change === undefined ? {} : { json: change };
      const found = await withClient(options, 'refuse', (client) =>
        client.ask<Source>(method, `/v1/sources/${encodeURIComponent(id)}`, call),
      );
      if (options.json === true) return printJson(found);
      print(
        facts([
          ['id', found.id],
          ['url', found.url],
          ['provider', found.provider],
          ['name', found.name],
          ['state', stateOf(found)],
          ['stream', found.stream ?? 'all'],
          ['last event', shortTime(found.last_event_at) || 'never'],
          ...(found.warnings ?? []).map((warning) => ['warning', warning] as const),
          ['made', shortTime(found.created_at)],
        ]),
      );
    });
}

function remove(command: Command): void {
  command.argument('<id>', 'the source').action(async (id: string, _options: object, self: Command) => {
    const options: Shared = optionsOf(self);
    await withClient(options, 'refuse', (client) =>
      client.call('DELETE', `/v1/sources/${encodeURIComponent(id)}`),
    );
    if (options.json === true) return printJson({ removed: id });
    say(`Removed ${id}.`);
  });
}

function stateOf(row: Source): string {
  return row.disabled ? 'disabled' : row.unsigned ? 'unsigned' : 'on';
}
