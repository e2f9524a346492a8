/** docs/alerts.md: what each alarm means and what to do, in the words and numbers of the code. */
import { alarmWords, driftWords, incidentWords } from '../src/app/alert-text.ts';
import { alertLimits } from '../src/app/alerts.ts';
import { driftLimits } from '../src/app/drift.ts';
import { nightLimits } from '../src/app/drift-nights.ts';
import { feedLimits } from '../src/app/feed.ts';
import { type AlarmKind, alarmEnds, alarmKinds, alarmLimits } from '../src/core/alarms.ts';
import { silence } from '../src/core/silence.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../src/core/time.ts';

const { least, times, alone, ahead, memory } = alarmLimits;
const risen = (what: string, kind: keyof typeof least, only: string) =>
  `${what}: ${least[kind]} or more in an hour, and more than ${times} times a usual hour, which is the one that nine of ten in the last ${memory / DAY} days did not exceed. Or ${alone}, however long they took, where ${only}.`;

const opens: Readonly<Record<AlarmKind, string>> = {
  silent: `No valid event for more than ${silence.times} times the usual gap, which is the one that nine of ten did not exceed, and for at least ${silence.least / HOUR} hours. A source that was heard in fewer than ${silence.hours} hours has nothing usual.`,
  rejected: risen('Requests without a valid proof', 'rejected', 'no request proved itself between'),
  skewed: risen(
    `Requests whose signature holds and whose time does not, or reports more than ${ahead / SECOND} s from the future`,
    'skewed',
    'no report in time came between',
  ),
  unmapped: risen('Items with a label that nobody knows', 'unmapped', 'none with a known label came between'),
  unreadable: risen('Items that went to quarantine', 'unreadable', 'none that could be read came between'),
  unsubscribed:
    'At once, where the provider says, with proof, that the endpoint is unsubscribed from its topic, or where a subscription could not be confirmed.',
};

const ends: Readonly<Record<AlarmKind, string>> = {
  silent: 'An event came.',
  rejected: half('A request has proved itself'),
  skewed: half('A report in time has come'),
  unmapped: half('An item with a known label has come'),
  unreadable: half('An item that can be read has come'),
  unsubscribed: `A subscription was confirmed, or a report came more than ${feedLimits.underWay / HOUR} h later: until then it may have been under way.`,
};
function half(first: string): string {
  return `${first}, and this hour and the one before had less than half of what opened it.`;
}

const alarm = (kind: AlarmKind): string => {
  const { means, todo } = alarmWords[kind];
  return `### \`source.${kind}\`, then \`source.${alarmEnds[kind]}\`

${means}

- **To do**: ${todo}
- **Opens**: ${opens[kind]}
- **Is over**: ${ends[kind]}`;
};

export const alertsPage = (): string => `# Alarms and alerts

A feed that breaks is quiet: nothing fails, and bounces go nowhere. So each source is watched, and people are told by outgoing webhooks (\`POST /v1/webhooks\`), by mail, and on the pages. Each alarm is told once when it opens and once when it is over; \`mailstop source list\` and \`GET /v1/sources\` show the open ones. A source that is disabled has none.

## Alarms of a source

${alarmKinds.map(alarm).join('\n\n')}

What alarms are judged by is counted in memory and written once a minute, a row a source and hour: a flood of forged requests is no flood of writes. A crash loses the last minute of counts, and no event. On Workers a request writes them, at most once a minute in each isolate, and an isolate that ends before loses its own. A clock that is ahead shows only where providers sign the time: a report that comes late is mostly just late.

## \`source.drift\`

${driftWords.means}

- **To do**: ${driftWords.todo}
- **Told**: once a night at most, for a source that has access to its provider’s list (\`PUT /v1/sources/{id}/list\`; write-back need not be on), and only where the counts are not those of the night before; both 0 is told too. The server compares between midnight and six UTC, each source at a time of its own. What is younger than ${driftLimits.settled / HOUR} h is left out, since it may be under way. A provider that refuses is in the report (\`GET /v1/sources/{id}/drift\`), asked again the next night, and no notice; one that asks to wait, for at most ${nightLimits.wait / MINUTE} minutes, is waited for.

## Incidents

Jumps of one failure ([the guard](policy.md)) are \`incident.opened\` and \`incident.closed\`.

- **${incidentWords.own.title}**: ${incidentWords.own.means} ${incidentWords.own.todo}
- **${incidentWords.receiver.title}**: ${incidentWords.receiver.means} ${incidentWords.receiver.todo}

## By mail

On Node, of all tenants, to whoever runs the server. On Workers there is no SMTP: use a webhook there.

| variable | example | |
|---|---|---|
| \`MAILSTOP_SMTP_URL\` | \`smtp://user:password@mail.example.com:587\` | \`smtps://\` for TLS from the start; \`%40\` for an @ in a password |
| \`MAILSTOP_ALERT_TO\` | \`ops@example.com,on-call@example.com\` | each is mailed to alone |
| \`MAILSTOP_ALERT_FROM\` | \`mailstop@example.com\` | |
| \`MAILSTOP_QUIET_HOURS\` | \`22:00-07:00 Europe/Berlin\` | unset: mail at any hour |
| \`MAILSTOP_PUBLIC_URL\` | \`https://mailstop.example.com\` | mails then link to the pages |

\`mailstop alert test\` mails to each receiver and shows what the mail server said.

- **Nothing is lost**: what is to be told is in the database, with a place in it for each receiver. While the mail server is away it is asked again after a minute, later by the hour. A receiver is told at least once: after a crash in between it comes again, under the same Message-ID unless there is more to tell by then. Who is new is told what comes from now on.
- **Few mails**: at most one in ${alertLimits.rest / MINUTE} minutes to a receiver; what comes meanwhile goes together.
- **Quiet hours** hold back everything but what cannot wait: an incident of our own, \`source.rejected\`, \`source.skewed\` and \`source.unsubscribed\`. There further mail fails, or reports are refused until the provider gives up, or not sent at all. Such a mail takes along what waits; the rest comes in one mail when the quiet hours end.
- **Private**: addresses of recipients are masked, and the id of a source, which is the secret part of its URL, is not in a mail.
- **TLS**: certificates must hold, and there is no way to switch that off. With a password, a server that offers no TLS is refused, but for one on this machine.
`;
