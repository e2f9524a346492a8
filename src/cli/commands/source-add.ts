/** Making and changing sources: asks for what the provider needs, and tells how to set it up there. */
import type { Command } from 'commander';
import { closedSecrets } from '../../http/source-rules.ts';
import { nodeRuntime } from '../../node-runtime.ts';
import type { ProviderAdapter } from '../../providers/adapter.ts';
import { providerOf, providers } from '../../providers/registry.ts';
import { type Client, type Shared, withClient } from '../client.ts';
import { usage } from '../failure.ts';
import { linesOf } from '../input.ts';
import { clean, facts, print, printJson, say } from '../output.ts';
import { gathered, optionsOf } from '../program.ts';
import { ask } from '../prompt.ts';
import type { Source } from '../shapes.ts';

interface SourceOptions extends Shared {
  readonly name?: string;
  readonly secret?: string[];
  readonly basicAuth?: string[];
  readonly topicArn?: string[];
  readonly stream?: string;
  readonly map?: string[];
  readonly publicUrl?: string;
  readonly allowUnsigned?: boolean;
  readonly requireSha256?: boolean;
  readonly recipientTag?: boolean;
  readonly trust?: string;
}

const withOptions = (command: Command): Command =>
  command
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
    .option('--recipient-tag', 'take only events that bring back the tag of their recipient (mailstop tag)')
    .option('--no-recipient-tag', 'take events without tags, as ever')
    .option('--trust <trust>', 'full or proven (dsn, arf)');

export function add(command: Command): void {
  withOptions(command.argument('<provider>', providers.map(({ id }) => id).join(', '))).action(
    async (provider: string, _options: object, self: Command) => {
      const options = optionsOf<SourceOptions>(self);
      const adapter = providerOf(provider);
      const { secrets, made, isPending } = await secretsFor(adapter, options);
      const body = { provider, name: provider, ...(await settingsOf(options)), secrets };
      await withClient(options, 'create', async (client) => {
        const created = await client.ask<Source>('POST', '/v1/sources', { json: body });
        if (options.json === true) return printJson(made === null ? created : { ...created, secret: made });
        print(
          facts([
            ['id', created.id],
            ['url', created.url],
            ['secret', made],
          ]),
        );
        if (!isPending) say((created.warnings ?? []).map(clean).join('\n'));
        say(nextSteps(created, adapter, made));
        if (isPending) await askForKey(client, created, adapter);
      });
    },
  );
}

export function change(command: Command): void {
  withOptions(command.argument('<id>', 'the source, such as sendgrid_…')).action(
    async (id: string, _options: object, self: Command) => {
      const options = optionsOf<SourceOptions>(self);
      const secrets = await givenSecrets(options);
      const body = { ...(await settingsOf(options)), ...(secrets && { secrets }) };
      if (Object.values(body).every((value) => value === undefined))
        throw usage('nothing to change was given; --help lists what can be');
      const changed = await withClient(options, 'refuse', (client) =>
        client.ask<Source>('PATCH', `/v1/sources/${encodeURIComponent(id)}`, { json: body }),
      );
      if (options.json === true) return printJson(changed);
      say([`Changed ${changed.id}.`, ...(changed.warnings ?? []).map(clean)].join('\n'));
    },
  );
}

const settingsOf = async (options: SourceOptions) => ({
  ...(options.name !== undefined && { name: options.name }),
  stream: options.stream,
  streams: options.map === undefined ? undefined : Object.fromEntries(options.map.map(pairOf)),
  public_url: options.publicUrl,
  allow_unsigned: options.allowUnsigned,
  require_sha256: options.requireSha256,
  recipient_tag: options.recipientTag,
  trust: options.trust,
});

interface Chosen {
  readonly secrets: object | undefined;
  /** A shared secret made up here, to be shown. */
  readonly made: string | null;
  /** The vendor shows its key only once it has the URL: until then the source is closed to all. */
  readonly isPending: boolean;
}

async function secretsFor(adapter: ProviderAdapter | null, options: SourceOptions): Promise<Chosen> {
  const secrets = await givenSecrets(options);
  const chosen = { secrets: secrets ?? undefined, made: null, isPending: false };
  if (secrets !== null || options.allowUnsigned === true || adapter === null) return chosen;
  const { proof, hint } = adapter.needs;
  if (proof === 'shared') {
    // Ours to choose, so that nobody has to think one up.
    const made = nodeRuntime().randomText(43);
    return { ...chosen, secrets: { keys: [made] }, made };
  }
  if (!canAsk(options)) return chosen;
  if (proof === 'topics') {
    const arn = await ask(`${hint}\nTopic ARN: `);
    return { ...chosen, secrets: { topic_arns: [arn] } };
  }
  return { ...chosen, secrets: closedSecrets(nodeRuntime().randomText), isPending: true };
}

async function givenSecrets(options: SourceOptions): Promise<object | null> {
  const keys = await Promise.all(
    (options.secret ?? []).map((value) => (value === '-' ? secretFromStdin() : value)),
  );
  const basic = (options.basicAuth ?? []).map(basicAuthOf);
  if (keys.length + basic.length + (options.topicArn ?? []).length === 0) return null;
  return {
    ...(keys.length === 0 ? {} : { keys }),
    ...(basic.length === 0 ? {} : { basic_auth: basic }),
    ...(options.topicArn === undefined ? {} : { topic_arns: options.topicArn }),
  };
}

async function askForKey(client: Client, { id }: Source, adapter: ProviderAdapter | null): Promise<void> {
  const typed = await ask(
    `\nNow paste ${adapter?.needs.hint.replace(/^keys: /, '') ?? 'its key'}\nKey: `,
    'hidden',
  );
  const key = typed.trim();
  if (key === '') {
    say(`Nothing is taken from it until it has its key: mailstop source change ${id} --secret -`);
    return;
  }
  await client.ask<Source>('PATCH', `/v1/sources/${encodeURIComponent(id)}`, {
    json: { secrets: { keys: [key] } },
  });
  say(`It is ready. Try it: mailstop source test ${id}`);
}

const canAsk = ({ json }: SourceOptions): boolean =>
  json !== true && process.stdin.isTTY === true && process.stderr.isTTY === true;

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

function nextSteps(
  { url, id, provider, unsigned, warnings = [] }: Source,
  adapter: ProviderAdapter | null,
  made: string | null,
): string {
  const lines: string[] = [];
  if (made !== null)
    lines.push(
      'The secret is shown only now; the provider sends it as "Authorization: Bearer" or in the header X-Mailstop-Key.',
    );
  if (unsigned && warnings.length === 0)
    lines.push('Anyone who knows the URL may post to it, for nothing is checked.');
  if (provider === 'generic' && (made !== null || unsigned)) {
    const header = made === null ? '' : ` -H 'X-Mailstop-Key: ${made}'`;
    return [
      ...lines,
      `Try it:\n  curl -s ${url}${header} -H 'Content-Type: application/json' -d '{"recipient":"ann@example.com","event":"bounce","text":"550 5.1.1 user unknown"}'`,
    ].join('\n');
  }
  const steps = [
    ...(adapter?.setup ?? []),
    `See what becomes of a sample of each kind: mailstop source test ${id}`,
  ];
  return [
    ...lines,
    ...steps.map((step, i) => `${i + 1}. ${step}`),
    ...(adapter === null ? [] : [adapter.docs]),
  ].join('\n');
}
