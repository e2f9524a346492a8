import { statSync } from 'node:fs';
import type { Command } from 'commander';
import { alarmWords } from '../../app/alert-text.ts';
import { verifyAudit } from '../../app/audit.ts';
import { DAY } from '../../core/time.ts';
import { type Finding, finding } from '../../database.ts';
import { type Client, withClient } from '../client.ts';
import { exitCodes } from '../failure.ts';
import { type Column, clean, plural, print, printJson, type Style, shortTime, table } from '../output.ts';
import { examples, optionsOf } from '../program.ts';
import { progress } from '../progress.ts';
import type { Listing, Source } from '../shapes.ts';

/** A source that has been heard from, and then not for so long, may have lost its webhook. */
const SILENT = 7 * DAY;

const styles: Readonly<Record<Finding['state'], Style>> = { ok: 'green', warning: 'yellow', failure: 'red' };
const columns: readonly Column<Finding>[] = [
  { title: 'STATE', value: (row) => row.state, style: (row) => styles[row.state] },
  { title: 'ABOUT', value: (row) => row.about },
  { title: 'WHAT', value: (row) => row.detail },
];

export default function doctor(command: Command): void {
  command
    .option('--rebuild', 'also fold the whole list anew from its facts, and compare: reads everything')
    .action(async (_options: object, self: Command) => {
      const options = optionsOf<{ rebuild?: boolean }>(self);
      const findings = await withClient(options, 'refuse', async (client) => [
        ...(await platform(client)),
        ...(await theList(client, Date.now())),
        ...(options.rebuild === true ? [await rebuilt(client)] : []),
      ]);
      if (options.json === true) printJson({ findings });
      else print(table(columns, findings));
      if (findings.some(({ state }) => state === 'failure')) process.exitCode = exitCodes.failed;
    });
  command.addHelpText('after', '\nWarnings leave the exit code at 0; a failure makes it 1.');
  examples(command, [
    ['mailstop doctor', 'configuration, database, disk, sources'],
    ['mailstop doctor --rebuild', 'and is the list what its facts say, entry for entry?'],
    ['mailstop doctor --url https://mail.example.com', 'what can be seen from outside'],
  ]);
}

async function platform({ opened, config, call }: Client): Promise<Finding[]> {
  if (opened === null || config === null) {
    await call('GET', '/readyz');
    return [finding('server', 'ok', 'ready')];
  }
  const { database, secretFile, services } = opened;
  const keys = await services.store.keys('default');
  const administrable = config.adminKey !== null || keys.some(({ scopes }) => scopes.includes('"admin"'));
  return [
    finding(
      'configuration',
      'ok',
      `port ${config.port}, ${config.publicUrl === null ? 'no MAILSTOP_PUBLIC_URL: URLs of sources name the address of each request' : config.publicUrl}`,
    ),
    ...(await database.inspect()),
    auditFinding(await verifyAudit(services.store, services.runtime.sha256)),
    secretFinding(secretFile),
    finding(
      'admin key',
      administrable ? 'ok' : 'warning',
      administrable ? 'there is one' : 'there is none: mailstop key create --name me --scopes admin',
    ),
  ];
}

const auditFinding = ({ rows, brokenAt }: Awaited<ReturnType<typeof verifyAudit>>): Finding =>
  brokenAt === null
    ? finding('audit', 'ok', `${plural(rows, 'row')}, each holds the one before`)
    : finding(
        'audit',
        'failure',
        `row ${brokenAt} is missing or was changed: somebody wrote to the database past Mailstop; compare with a backup`,
      );

function secretFinding(file: string | null): Finding {
  if (file === null) return finding('secret', 'ok', 'MAILSTOP_SECRET');
  const open = (statSync(file).mode & 0o077) !== 0;
  return finding(
    'secret',
    open ? 'warning' : 'ok',
    open ? `other users may read ${file}: chmod 600 it` : file,
  );
}

async function theList({ ask, all }: Client, now: number): Promise<Finding[]> {
  const { data: sources } = await all<Source>('/v1/sources');
  const { data: quarantined } = await ask<Listing<unknown>>('GET', '/v1/quarantine', {
    query: { limit: 1000 },
  });
  const { data: unmapped } = await ask<{ data: unknown[] }>('GET', '/v1/unmapped');
  const more = [
    quarantined.length === 0
      ? finding('quarantine', 'ok', 'empty')
      : finding(
          'quarantine',
          'warning',
          `${plural(quarantined.length, 'item')} could not be read: mailstop replay`,
        ),
    unmapped.length === 0
      ? finding('unmapped', 'ok', 'nothing')
      : finding(
          'unmapped',
          'warning',
          `${plural(unmapped.length, 'label or reply template')} unknown: mailstop unmapped`,
        ),
  ];
  const { data: open } = await ask<Listing<Incident>>('GET', '/v1/incidents', {
    query: { state: 'open' },
  });
  for (const incident of open) more.push(incidentFinding(incident));
  if (sources.length === 0)
    return [finding('sources', 'warning', 'there is none: mailstop source add PROVIDER'), ...more];
  return [...sources.flatMap((source) => sourceFindings(source, now)), ...more];
}

/** What is weak about it, and its open alarms; where it has neither, when it was heard. */
function sourceFindings(source: Source, now: number): Finding[] {
  const weak = weaknessOf(source);
  const alarms = source.alarms.map(({ kind, since }) => {
    const { title, todo } = alarmWords[kind];
    const told = todo.replaceAll('ID', source.id);
    return finding('source', 'warning', `${source.name} ${title} since ${shortTime(since)} UTC: ${told}`);
  });
  const found = weak === null ? alarms : [weak, ...alarms];
  return found.length > 0 ? found : [hearingOf(source, now)];
}

interface Rebuilt {
  readonly addresses: number;
  readonly entries: number;
  readonly differences: readonly {
    readonly address: string;
    readonly reason: string;
    readonly what: string;
    readonly fields: readonly string[];
  }[];
  readonly next_cursor: string | null;
}

const SHOWN = 5;

async function rebuilt({ ask }: Client): Promise<Finding> {
  const { deciding } = await ask<{ deciding: boolean }>('GET', '/v1/policy');
  if (deciding)
    return finding(
      'rebuild',
      'warning',
      'the list is still being decided anew under another policy, and is wholly what neither says; try again once a server is done with it',
    );
  const bar = progress('Folding the list anew', null);
  let [addresses, entries] = [0, 0];
  const differences: Rebuilt['differences'][number][] = [];
  try {
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const part: Rebuilt = await ask<Rebuilt>('GET', '/v1/rebuild', { query: { cursor } });
      addresses += part.addresses;
      entries += part.entries;
      differences.push(...part.differences);
      bar.add(part.addresses);
      cursor = part.next_cursor;
    }
  } finally {
    bar.stop();
  }
  const of = `${plural(entries, 'entry', 'entries')} of ${plural(addresses, 'address', 'addresses')}`;
  if (differences.length === 0) return finding('rebuild', 'ok', `${of}, each what its facts say`);
  const some = differences
    .slice(0, SHOWN)
    .map(({ address, reason, what, fields }) => `${address} ${reason} ${what} ${fields.join(' ')}`.trim());
  return finding(
    'rebuild',
    'failure',
    `${differences.length} of ${of} are not what their facts say (${clean(some.join('; '))}): somebody wrote to the database past Mailstop; compare with a backup`,
  );
}

interface Incident {
  readonly id: string;
  readonly kind: 'receiver' | 'own';
  readonly receiver: string | null;
  readonly cause: string;
  readonly held: number;
  readonly failures: number;
  readonly fix: string | null;
}

const incidentFinding = ({ id, kind, receiver, cause, held, failures, fix }: Incident): Finding =>
  finding(
    'incident',
    'warning',
    kind === 'receiver'
      ? `${receiver} fails many with one reply, ${plural(held, 'address is', 'addresses are')} held: mailstop release --incident ${id}, with --confirm where it is right`
      : `${plural(failures, 'failure')} for a cause of our own, ${cause}${fix === null ? '' : `: ${fix}`} (${id})`,
  );

const titleOf = ({ name, id }: Source): string => `${name} (${id})`;

function weaknessOf(source: Source): Finding | null {
  const { id, unsigned, disabled, paused_at, waiting, warnings = [] } = source;
  const weak = (what: string) => finding('source', 'warning', `${titleOf(source)}${what}`);
  if (disabled) return weak(' is disabled');
  if (paused_at !== null)
    return weak(
      ` is paused since ${paused_at.slice(0, 10)}, ${plural(waiting, 'request')} waiting: mailstop source resume ${id}`,
    );
  if (unsigned) return weak(' is unsigned: anyone who knows its URL may post to it');
  return warnings.length > 0 ? weak(`: ${warnings.join('; ')}`) : null;
}

function hearingOf(source: Source, now: number): Finding {
  const { last_event_at, created_at } = source;
  const about = 'source';
  const title = titleOf(source);
  const silence = now - Date.parse(last_event_at ?? created_at);
  const days = plural(Math.floor(silence / DAY), 'day');
  if (last_event_at === null)
    return silence < DAY
      ? finding(about, 'ok', `${title} is new`)
      : finding(about, 'warning', `${title} was never heard, in ${days}`);
  return silence > SILENT
    ? finding(about, 'warning', `${title} is silent for ${days}`)
    : finding(about, 'ok', `${title} was last heard ${last_event_at.slice(0, 16).replace('T', ' ')}`);
}
