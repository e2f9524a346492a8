import type { Command } from 'commander';
import { type Shared, withClient } from '../client.ts';
import { type Column, facts, plural, print, printJson, say, shortTime, table } from '../output.ts';
import { examples, optionsOf } from '../program.ts';
import type { Source } from '../shapes.ts';
import { add, change } from './source-add.ts';
import { drift, pull, unlist } from './source-list.ts';
import { test } from './source-test.ts';
import { push, writeBack } from './source-write-back.ts';

const columns: readonly Column<Source>[] = [
  { title: 'ID', value: (row) => row.id },
  { title: 'NAME', value: (row) => row.name, flexible: true },
  {
    title: 'STATE',
    value: stateOf,
    style: (row) => (row.disabled || row.paused_at !== null ? 'dim' : row.unsigned ? 'red' : 'green'),
  },
  { title: 'STREAM', value: (row) => row.stream ?? 'all' },
  {
    title: 'ALARMS',
    value: (row) => row.alarms.map(({ kind }) => kind).join(' '),
    style: (row) => (row.alarms.length > 0 ? 'yellow' : null),
  },
  { title: 'LAST EVENT', value: (row) => shortTime(row.last_event_at) || 'never' },
];

export default function source(command: Command): void {
  add(command.command('add').summary('an endpoint for a provider'));
  list(command.command('list').summary('all endpoints'));
  one(command.command('show').summary('one endpoint'), 'GET');
  change(command.command('change').summary('other secrets, streams or name; what is not given stays'));
  test(command.command('test').summary('sends a signed sample of each kind, and shows what becomes of it'));
  pull(command.command('pull').summary('takes over the list that the provider keeps itself'));
  drift(command.command('drift').summary('what that list and this one do not share'));
  unlist(command.command('unlist').summary('takes an address off the provider’s own list'));
  writeBack(
    command
      .command('write-back')
      .summary('keeps that list like this one: what is suppressed and released here'),
  );
  push(command.command('push').summary('puts on that list what it lacks of this one'));
  one(command.command('disable').summary('an endpoint answers 404 and stores nothing'), 'PATCH', {
    disabled: true,
  });
  one(command.command('enable').summary('a disabled endpoint works again'), 'PATCH', { disabled: false });
  one(
    command.command('pause').summary('requests are verified and kept, and acted on once it is resumed'),
    'PATCH',
    {
      paused: true,
    },
  );
  one(command.command('resume').summary('a paused endpoint acts on what was kept, in order'), 'PATCH', {
    paused: false,
  });
  remove(command.command('remove').summary('an endpoint is gone; its events stay'));
  examples(command, [
    ['mailstop source add generic --name "try it"', 'makes a shared secret and shows it once'],
    ['mailstop source add amazon-ses --name ses --topic-arn arn:aws:sns:…', 'takes that topic only'],
    ['mailstop source change resend_… --secret -', 'takes the signing secret from stdin'],
    ['mailstop source test sendgrid_…', 'what its bounces, complaints and unsubscribes would do'],
    ['mailstop source drift sendgrid_…', 'what its own lists and this one do not share'],
    ['mailstop source pause sendgrid_…', 'keeps what comes while you change something; resume acts on it'],
    ['mailstop source list', 'who is connected, and when it was last heard'],
  ]);
}

function list(command: Command): void {
  command.action(async (_options: object, self: Command) => {
    const options = optionsOf(self);
    const answer = await withClient(options, 'refuse', (client) => client.all<Source>('/v1/sources'));
    if (options.json === true) return printJson(answer);
    if (answer.data.length === 0) return say('There is no source yet: mailstop source add PROVIDER');
    print(table(columns, answer.data));
  });
}

function one(command: Command, method: 'GET' | 'PATCH', patch?: Readonly<Record<string, boolean>>): void {
  command
    .argument('<id>', 'the source, such as sendgrid_…')
    .action(async (id: string, _options: object, self: Command) => {
      const options = optionsOf(self);
      const call = patch === undefined ? {} : { json: patch };
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
          ['waiting', found.waiting === 0 ? null : plural(found.waiting, 'request')],
          ['stream', found.stream ?? 'all'],
          ['last event', shortTime(found.last_event_at) || 'never'],
          ...found.alarms.map(({ kind, since }) => ['alarm', `${kind} since ${shortTime(since)}`] as const),
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
  if (row.disabled) return 'disabled';
  if (row.paused_at !== null) return 'paused';
  return row.unsigned ? 'unsigned' : 'on';
}
