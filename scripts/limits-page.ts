/** docs/limits.md: every bound of the service, read from the code. */
import { alertLimits } from '../src/app/alerts.ts';
import { fetchLimits } from '../src/app/certificates.ts';
import { commitLimits } from '../src/app/commit.ts';
import { driftLimits } from '../src/app/drift.ts';
import { nightLimits } from '../src/app/drift-nights.ts';
import { filterLimits } from '../src/app/filters.ts';
import { UNMAPPED_A_FLUSH } from '../src/app/judged-rows.ts';
import { mailHostLimits } from '../src/app/mail-hosts.ts';
import { MAX_SERIES } from '../src/app/metrics.ts';
import { outboxLimits } from '../src/app/outbox.ts';
import { MOST_TOGETHER } from '../src/app/pattern-cost.ts';
import { POLICIES_KEPT } from '../src/app/policies.ts';
import { policyLimits } from '../src/app/policy-document.ts';
import { ANSWER_BYTES } from '../src/app/provider-ask.ts';
import { FACTS_A_DAY } from '../src/app/refold.ts';
import { resumeLimits } from '../src/app/resumer.ts';
import { retention } from '../src/app/retention.ts';
import { MAX_ROW } from '../src/app/rows.ts';
import { SECRETS_KEPT } from '../src/app/sources.ts';
import { TALLIES_KEPT } from '../src/app/tally.ts';
import { MAX_ERRORS } from '../src/app/transfer.ts';
import { deliveryLimits } from '../src/app/webhooks.ts';
import { logLimits } from '../src/cli/log-output.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../src/core/time.ts';
import { MAX_FORM, PASSWORDS_A_MINUTE } from '../src/dashboard/mount.ts';
import { readableLimits } from '../src/dashboard/readable.ts';
import { replayLimits } from '../src/dashboard/replay-limits.ts';
import { sessionLimits } from '../src/dashboard/session.ts';
import { KEPT as UPLOAD_KEPT, uploadLimits } from '../src/dashboard/uploads.ts';
import { MISSES_A_MINUTE } from '../src/http/auth.ts';
import { DEFAULT_BODY_LIMIT } from '../src/http/endpoint.ts';
import { KEYS_REMEMBERED } from '../src/http/rate-limit.ts';
import { checkLimits } from '../src/http/routes/check.ts';
import { REPLIES_BYTES } from '../src/http/routes/codes.ts';
import { restoreLimits } from '../src/http/routes/dump.ts';
import { importLimits } from '../src/http/routes/transfer.ts';
import { intakeLimits } from '../src/http/webhooks.ts';
import { mailLimits } from '../src/mail/door.ts';
import { lmtpLimits } from '../src/mail/lmtp.ts';
import { maildirLimits } from '../src/mail/maildir.ts';
import { smtpLimits } from '../src/mail/smtp.ts';
import { outboundLimits } from '../src/outbound.ts';
import { formLimits } from '../src/providers/form.ts';
import { jsonLimits } from '../src/providers/json.ts';
import { providers } from '../src/providers/registry.ts';
import { certificateLimits } from '../src/providers/verify/certificates.ts';
import { serverLimits } from '../src/server.ts';
import { UNMAPPED_KEPT } from '../src/store/keeping.ts';
import { compactionLimits } from '../src/store/sqlite.ts';
import { STATEMENTS_KEPT } from '../src/store/sqlite-writer.ts';
import { walLimits } from '../src/store/writer-thread.ts';

type Row = readonly [what: string, bound: string, beyond: string];

const count = (value: number): string => value.toLocaleString('en');
const bytes = (value: number): string =>
  value >= 1024 * 1024 ? `${count(value / 1024 / 1024)} MiB` : `${count(value / 1024)} KiB`;
const seconds = (ms: number): string => `${count(ms / SECOND)} s`;
const minutes = (ms: number): string => `${count(ms / MINUTE)} min`;
const days = (ms: number): string => (ms < 2 * DAY ? `${count(ms / HOUR)} h` : `${count(ms / DAY)} days`);
const largest = [...new Set(providers.map(({ maxBodyBytes }) => maxBodyBytes))].filter(
  (one) => one !== undefined,
);

const sections: readonly (readonly [title: string, rows: readonly Row[]])[] = [
  [
    'Requests',
    [
      ['body of a webhook', [intakeLimits.bodyBytes, ...largest].map(bytes).join('; bounce mail '), '413'],
      [
        'webhooks on the way at once',
        count(intakeLimits.requests),
        'the provider’s word for "come again": 503 (or 429), with Retry-After',
      ],
      ['bytes of all of them', bytes(intakeLimits.bufferedBytes), 'come again'],
      ['jobs that wait for the disk', count(commitLimits.queued), 'come again'],
      ['events and acts in one transaction', count(commitLimits.perFlush), 'the next transaction'],
      ['turns of the event loop that a transaction gathers', count(commitLimits.turns), 'it starts'],
      [
        'body of a check; addresses in it',
        `${bytes(checkLimits.bodyBytes)}; ${count(checkLimits.addresses)}`,
        '413',
      ],
      ['lines of a check that is sent as a stream', 'none', ''],
      ['body of an import', bytes(importLimits.bodyBytes), '413; an import reads it as a stream'],
      [
        'one row of it; rows told why they do not count',
        `${bytes(MAX_ROW)}; ${count(MAX_ERRORS)}`,
        'told, and skipped; only counted',
      ],
      ['body of a restore', bytes(restoreLimits.bodyBytes), '413'],
      [
        'any other body of the API',
        bytes(DEFAULT_BODY_LIMIT),
        `413; a policy may have ${bytes(policyLimits.bytes)}, replies to classify ${bytes(REPLIES_BYTES)}`,
      ],
      ['a form of the pages', bytes(MAX_FORM), '413'],
      [
        'a list that is uploaded on the pages; all that wait to be imported',
        Object.values(uploadLimits).map(bytes).join('; '),
        '413, and `mailstop import` takes it; the oldest give way',
      ],
      ['how long such a list waits', minutes(UPLOAD_KEPT), 'it is to be uploaded again'],
      [
        'wrong keys, of the API and the sign-in together; passwords of one user',
        `${count(MISSES_A_MINUTE)}; ${count(PASSWORDS_A_MINUTE)} a minute`,
        '429',
      ],
      [
        'headers; whole request',
        `${seconds(serverLimits.headers)}; ${seconds(serverLimits.request)}`,
        'the connection is closed; a list that comes with a key may take its time',
      ],
      ['a connection on which nothing moves', seconds(serverLimits.silence), 'closed'],
      [
        'changes in a delta of a filter; age of a filter while the list changes',
        `${count(filterLimits.changes)}; ${seconds(filterLimits.rest)}`,
        'a whole filter; a new one',
      ],
      ['entries of a filter on Workers', count(filterLimits.unthreaded), '413'],
      ['idle connection', seconds(serverLimits.keepAlive), 'closed'],
      ['all of a stop', seconds(serverLimits.stop), 'connections are cut; nothing acknowledged is lost'],
    ],
  ],
  [
    'What strangers write',
    [
      ['depth of JSON', count(jsonLimits.depth), 'quarantine, with the raw request'],
      ['keys of an object', count(jsonLimits.keysPerObject), 'quarantine'],
      ['events of a request', count(jsonLimits.itemsPerArray), 'quarantine, whole'],
      ['members of a document', count(jsonLimits.members), 'quarantine'],
      ['parts of a form', count(formLimits.parts), 'quarantine'],
      ['facts of one kind, day and address that count', count(FACTS_A_DAY), 'kept, and say nothing new'],
      ['unknown labels of a request, by name', count(UNMAPPED_A_FLUSH), 'counted in one line'],
      ['unknown labels of a provider', count(UNMAPPED_KEPT), 'the last seen are kept'],
      ['label sets of a metric', count(MAX_SERIES), 'counted as other'],
    ],
  ],
  [
    'Bounce mail by LMTP and from a Maildir',
    [
      [
        'message',
        bytes(mailLimits.messageBytes),
        'LMTP: refused; a file stays where it is, and the log says so',
      ],
      [
        'LMTP clients; recipients of a message; bytes on their way',
        `${count(lmtpLimits.clients)}; ${count(lmtpLimits.recipients)}; ${bytes(lmtpLimits.bufferedBytes)}`,
        '4xx: the mail server keeps the message and comes again',
      ],
      [
        'silence of an LMTP client; all of a stop',
        `${seconds(lmtpLimits.idle)}; ${seconds(lmtpLimits.stop)}`,
        'the connection is closed',
      ],
      [
        'files of a Maildir taken in together',
        `${count(maildirLimits.files)}; ${bytes(maildirLimits.bytes)}`,
        'the next round',
      ],
      ['longest wait for a new file that nobody told of', seconds(maildirLimits.sweep), 'it is found then'],
    ],
  ],
  [
    'Outgoing webhooks',
    [
      [
        'messages to one receiver at once',
        count(deliveryLimits.atOnce),
        'they wait; those of one address go in order',
      ],
      [
        'all of a request, with its connection',
        seconds(outboundLimits.timeout),
        'not taken: it comes again, later each time',
      ],
      ['one receiver’s turn', seconds(deliveryLimits.turn), 'the next turn, a second later'],
      [
        'a receiver that takes nothing',
        days(deliveryLimits.patience),
        'disabled; its place is kept, and it goes on from there',
      ],
      ['messages that wait for a receiver', 'none', ''],
    ],
  ],
  [
    'Provider’s own lists',
    [
      ['changes that one look writes back', count(outboxLimits.page), 'the next look, a second later'],
      ['one source’s turn', seconds(outboxLimits.turn), 'the next turn'],
      [
        'a list that cannot be written',
        days(outboxLimits.patience),
        'disabled; its place is kept, and it goes on from there',
      ],
      [
        'all of a request; an answer',
        `${seconds(outboundLimits.timeout)}; ${bytes(ANSWER_BYTES)}`,
        'it comes again, later each time',
      ],
    ],
  ],
  [
    'Alerts by mail',
    [
      ['mails to one receiver', `one in ${minutes(alertLimits.rest)}`, 'what comes meanwhile goes together'],
      ['notices of one mail', count(alertLimits.page), 'the next mail'],
      [
        'connecting; the greeting; silence of the mail server',
        Object.values(smtpLimits).map(seconds).join('; '),
        'it is asked again after a minute, later by the hour',
      ],
    ],
  ],
  [
    'The nightly comparison with providers’ lists',
    [
      ['lists at a time', count(nightLimits.atOnce), 'the next ones'],
      ['one comparison', minutes(driftLimits.duration), 'an error of the report; again the next night'],
      ['the wait that a provider may ask for', minutes(nightLimits.wait), 'the same'],
      ['addresses told of each list', count(driftLimits.samples), 'only counted'],
    ],
  ],
  [
    'Requests on the pages',
    [
      [
        'looked at for one label; read again',
        Object.values(replayLimits)
          .map((of) => `${count(of.lookedAt)}; ${count(of.readAgain)}`)
          .join(', by a Worker '),
        '“Go on” does',
      ],
      [
        'characters of a body that are shown',
        count(readableLimits.shown),
        '`GET /v1/receipts/{id}` has the rest',
      ],
    ],
  ],
  [
    'A paused source that is resumed',
    [
      [
        'requests taken in together; their bytes as they are kept',
        `${count(resumeLimits.requests)}; ${bytes(resumeLimits.bytes)}`,
        'the next ones, once webhooks had their turn',
      ],
    ],
  ],
  [
    'A policy',
    [
      [
        'rules; cases; streams',
        [policyLimits.rules, policyLimits.tests, policyLimits.streams].map(count).join('; '),
        '422, or 409',
      ],
      ['steps of all its text patterns, from one place of a reply', count(MOST_TOGETHER), '422'],
    ],
  ],
  [
    'Kept in memory',
    [
      ['opened secrets of sources', count(SECRETS_KEPT), 'all are forgotten and opened again'],
      ['counts of sources and hours that wait for the database', count(TALLIES_KEPT), 'not counted'],
      ['compiled policies', count(POLICIES_KEPT), 'all are forgotten and compiled again'],
      ['lines of the log that wait for a reader', bytes(logLimits.waitingBytes), 'dropped, and counted'],
      ['filters', count(filterLimits.kept), 'the oldest is made again'],
      ['prepared statements', count(STATEMENTS_KEPT), 'all are forgotten and prepared again'],
      ['keys with a limit of requests', count(KEYS_REMEMBERED), 'all begin with a full minute'],
      [
        'signing certificates; age; fetches at once',
        `${count(certificateLimits.entries)}; ${days(certificateLimits.age)}; ${count(certificateLimits.concurrent)}`,
        'the oldest is forgotten; come again',
      ],
      ['fetching one', `${seconds(fetchLimits.timeout)}; ${bytes(fetchLimits.bytes)}`, 'come again'],
      [
        'who takes a domain’s mail: domains; age',
        `${count(mailHostLimits.kept)}; ${days(mailHostLimits.age)}`,
        'the oldest is asked again',
      ],
      [
        'asking that: at once; one; all of a selection',
        `${count(mailHostLimits.atOnce)}; ${seconds(mailHostLimits.timeout)}; ${seconds(mailHostLimits.patience)}`,
        'unknown, and not released',
      ],
    ],
  ],
  [
    'Kept on disk',
    [
      ['facts that moved the list, or may', 'for good', ''],
      [
        'raw requests',
        days(retention.receipts),
        'deleted, but for what is in quarantine, or waits at a paused source',
      ],
      ['counts of what fails alike', days(retention.surges), 'deleted'],
      ['requests that wait at a paused source', 'none: they are what was acknowledged', ''],
      [
        'a file that an erasure writes anew; how long a write waits for it',
        `${bytes(compactionLimits.bytes)}; ${compactionLimits.held / SECOND} s`,
        'left to a quiet hour ([erasure](erasure.md)); come again',
      ],
      [
        "SQLite's log, in pages of 4 KiB, before a commit waits for it",
        count(walLimits.length),
        'what is left of it is written back in the place of the next commit',
      ],
      ['a session of the pages', days(sessionLimits.lasts), 'sign in again'],
      ['counts of each source, by the hour', days(retention.hours), 'deleted'],
      ['events that decided nothing', days(retention.notes), 'deleted'],
      ['what was seen, against repetition', days(retention.seen), 'a repetition counts as new'],
      ['the same, of deliveries', days(retention.seenDeliveries), ''],
      ['the same, of items with neither id nor time', days(retention.seenUnnamed), ''],
    ],
  ],
];

export const limitsPage = (): string =>
  `# Limits

Every queue, cache, body and batch has a bound. No bound drops an event that was acknowledged: what does not fit is refused with the word that makes the provider come again, or kept in quarantine.

${sections.map(([title, rows]) => `## ${title}\n\n| what | bound | beyond it |\n|---|---|---|\n${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}\n`).join('\n')}`;
