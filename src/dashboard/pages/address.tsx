/** The whole story of one address: may it be sent to, why, and what would change that. */

import { counterInWords } from '../../app/counter-words.ts';
import type { Gathered } from '../../app/gather-story.ts';
import { classesOf, inWords } from '../../app/story.ts';
import { type Caller, may } from '../../http/auth.ts';
import { Badge, Empty, Page, Table, Time } from '../parts.tsx';
import { Entries } from './suppressions.tsx';

interface Props {
  readonly caller: Caller;
  readonly story: Gathered;
  readonly now: number;
  readonly problem: string | null;
}

export const Address = ({ caller, story: { policy, facts, past, counters }, now, problem }: Props) => {
  const { address, blocking, events, acts } = facts;
  const [answer = '', ...why] = inWords(policy, facts);
  const needsConsent = blocking.some(({ reason }) => reason === 'complaint' || reason === 'unsubscribe');
  const releasable = blocking.some(({ reason }) => reason !== 'complaint' && reason !== 'unsubscribe');
  return (
    <Page title={address} path="/address" caller={caller}>
      <p class="soft small">
        <a href="/suppressions">Suppressions</a>
      </p>
      <h1>{address}</h1>
      <p>
        {Object.entries(classesOf(policy, blocking)).map(([name, blocker]) => (
          <>
            <Badge color={blocker === null ? 'green' : 'red'}>
              {`${name} ${blocker === null ? 'may go' : 'blocked'}`}
            </Badge>{' '}
          </>
        ))}
      </p>
      <p class="lead">{answer}</p>
      {why.map((sentence) => (
        <p class="prose">{sentence}</p>
      ))}
      {problem === null ? null : (
        <p class="note red" role="alert">
          {problem}
        </p>
      )}
      {releasable && may(caller, 'release') ? (
        <form class="row" method="post" action="/address/release">
          <input type="hidden" name="address" value={address} />
          <label>
            Release it, because
            <input
              class="wide"
              type="text"
              name="why"
              required
              maxlength={1000}
              placeholder="they wrote to us from there today"
            />
          </label>
          <button type="submit">Release bounces and manual entries</button>
        </form>
      ) : null}
      {needsConsent ? (
        <p class="note amber">
          A complaint or an unsubscribe is released only with evidence of consent:{' '}
          <code>{`mailstop release ${address} --reasons complaint,unsubscribe --evidence "…" --evidence-at …`}</code>
        </p>
      ) : null}
      {blocking.length + past.length === 0 ? null : (
        <>
          <h2>Entries</h2>
          <Entries rows={[...blocking, ...past]} now={now} />
        </>
      )}
      <h2>What was reported</h2>
      {events.length === 0 ? (
        <Empty>Nothing was reported of it.</Empty>
      ) : (
        <Table titles={['At', 'Kind', 'Code', 'Reply', 'Provider', 'Decision']}>
          {events.map((event) => (
            <tr>
              <td>
                <Time at={event.at} />
              </td>
              <td>{event.kind}</td>
              <td>
                {event.code === null ? '–' : <a href={`/codes/${event.code}`}>{event.code}</a>}{' '}
                {event.enhanced === null ? null : <a href={`/codes/${event.enhanced}`}>{event.enhanced}</a>}
              </td>
              <td class="reply">{event.text ?? <span class="soft">{event.provider_type}</span>}</td>
              <td class="soft">{event.provider}</td>
              <td>
                {event.action} <span class="soft small">{event.rule}</span>
                {(counters.get(event.id) ?? []).map((counter) => (
                  <div class="soft small">{counterInWords(counter)}</div>
                ))}
              </td>
            </tr>
          ))}
        </Table>
      )}
      {acts.length === 0 ? null : (
        <>
          <h2>What people did</h2>
          <ul>
            {acts.map(({ at, kind, actor, detail }) => (
              <li>
                <Time at={at} /> {kind} by {actor}
                <span class="soft">{wordsOf(detail)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Page>
  );
};

function wordsOf(detail: string): string {
  const { why, note } = JSON.parse(detail) as { why?: string; note?: string };
  const said = why ?? note;
  return said === undefined || said === null || said === '' ? '' : `: ${said}`;
}

export const NoAddress = ({ caller, given, problem }: { caller: Caller; given: string; problem: string }) => (
  <Page title="Address" path="/address" caller={caller}>
    <h1>May I send to this address?</h1>
    {given === '' ? null : <p class="note red" role="alert">{`“${given}” is not an address: ${problem}.`}</p>}
    <form class="row" method="get" action="/address">
      <label>
        Address
        <input class="wide" type="text" name="address" value={given} required autocomplete="off" />
      </label>
      <button type="submit">Look it up</button>
    </form>
  </Page>
);
