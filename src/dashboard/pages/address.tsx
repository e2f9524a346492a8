/** The whole story of one address: may it be sent to, why, and what would change that. */

import { counterInWords } from '../../app/counter-words.ts';
import type { Gathered } from '../../app/gather-story.ts';
import { classesOf, inWords, lastAtOf, liftedBy } from '../../app/story.ts';
import { lookupCode } from '../../core/codes/catalogue.ts';
import { reasons } from '../../core/event.ts';
import { type Caller, may } from '../../http/auth.ts';
import type { Problem } from '../../http/problem.ts';
import type { EventRow } from '../../store/store.ts';
import { Choice, Refusal } from '../forms.tsx';
import { Badge, Empty, Mailbox, Page, Table, Time } from '../parts.tsx';
import { Codes, Entries } from './suppressions.tsx';

interface Props {
  readonly caller: Caller;
  readonly story: Gathered;
  readonly now: number;
  readonly problem: Problem | null;
  /** What a refused form held. */
  readonly typed: URLSearchParams;
}

export const Address = (props: Props) => {
  const { caller, story, now, problem } = props;
  const { policy, facts, past, counters, kept } = story;
  const { address, blocking, events, acts } = facts;
  const isShown = ({ receipt_id }: EventRow) => may(caller, 'admin') && kept.has(receipt_id);
  // What lifts it has a list of its own.
  const [answer = '', ...why] = inWords(policy, facts).filter(
    (words) => !words.startsWith('It is lifted by'),
  );
  return (
    <Page title={address} path="/address" caller={caller}>
      <p class="soft small">
        <a href="/suppressions">Suppressions</a>
      </p>
      <h1>
        <Mailbox address={address} />
      </h1>
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
      {problem === null ? null : <Refusal problem={problem} />}
      {blocking.length === 0 ? null : (
        <>
          <h2>What would lift it</h2>
          <ul class="prose">
            {blocking.map((entry) => (
              <li>
                {`${entry.reason}${entry.stream === '*' ? '' : ` from ${entry.stream}`}: `}
                {liftedBy(policy, entry, lastAtOf(entry, events)).join('; or ')}
              </li>
            ))}
          </ul>
        </>
      )}
      <Acting {...props} />
      {blocking.length + past.length === 0 ? null : (
        <>
          <h2>Entries</h2>
          <Entries rows={[...blocking, ...past]} now={now} />
        </>
      )}
      <Meanings events={events} />
      <h2>What was reported</h2>
      {events.length === 0 ? (
        <Empty>Nothing was reported of it.</Empty>
      ) : (
        <Table
          titles={['At', 'Kind', 'Code', 'Reply', 'Provider', 'Decision']}
          broad={['Kind', 'Code', 'Provider', 'Decision']}
        >
          {events.map((event) => (
            <tr>
              <td>
                <Time at={event.at} />
                <div class="narrow small">
                  {event.kind} <Codes code={event.code} enhanced={event.enhanced} />
                  <div class="soft">{`${event.provider}: ${event.action}`}</div>
                  {isShown(event) ? <a href={`/receipts/${event.receipt_id}`}>its request</a> : null}
                </div>
              </td>
              <td class="broad">{event.kind}</td>
              <td class="broad">
                <Codes code={event.code} enhanced={event.enhanced} />
              </td>
              <td class="reply">{event.text ?? <span class="soft">{event.provider_type}</span>}</td>
              <td class="soft broad">
                {event.provider}
                {isShown(event) ? (
                  <div class="small">
                    <a href={`/receipts/${event.receipt_id}`}>its request</a>
                  </div>
                ) : null}
              </td>
              <td class="broad">
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

/** Release it, put it on the list, answer for it: what stands says which is needed first. */
const Acting = ({ caller, story: { facts }, problem, typed }: Props) => {
  const { address, blocking, allowedUntil } = facts;
  const needsConsent = blocking.some(({ reason }) => reason === 'complaint' || reason === 'unsubscribe');
  const releasable = blocking.some(({ reason }) => reason !== 'complaint' && reason !== 'unsubscribe');
  const said = (name: string) => (problem === null ? '' : (typed.get(name) ?? ''));
  const own = <input type="hidden" name="address" value={address} />;
  return (
    <>
      {releasable && may(caller, 'release') ? (
        <form class="row" method="post" action="/address/release">
          {own}
          <label>
            Release it, because
            <input
              class="wide"
              type="text"
              name="why"
              value={said('why')}
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
          <code
            data-copy
          >{`mailstop release ${address} --reasons complaint,unsubscribe --evidence "…" --evidence-at …`}</code>
        </p>
      ) : null}
      {may(caller, 'write') ? (
        <details class="fold">
          <summary>Put it on the list</summary>
          <form class="row" method="post" action="/address/block">
            {own}
            <Choice name="reason" label="Reason" values={reasons} chosen={said('reason') || 'manual'} />
            <label>
              Stream
              <input type="text" name="stream" value={said('stream') || '*'} size={12} />
            </label>
            <label>
              Note
              <input class="wide" type="text" name="note" value={said('note')} maxlength={1000} />
            </label>
            <button type="submit">Add</button>
          </form>
        </details>
      ) : null}
      {may(caller, 'release') ? (
        <details class="fold">
          <summary>{allowedUntil === null ? 'Answer for it' : 'Somebody answers for it'}</summary>
          <p class="prose soft">
            {allowedUntil === null ? (
              'Then no bounce suppresses it, for a year at most. Complaints, unsubscribes and manual entries still do.'
            ) : (
              <>
                No bounce suppresses it until <Time at={allowedUntil} />.
              </>
            )}
          </p>
          <form class="row" method="post" action="/address/allow">
            {own}
            {allowedUntil === null ? (
              <label>
                Until
                <input type="date" name="until" value={said('until')} />
              </label>
            ) : null}
            <label>
              Note
              <input class="wide" type="text" name="note" value={said('note')} maxlength={1000} />
            </label>
            {allowedUntil === null ? (
              <button type="submit">Answer for it</button>
            ) : (
              <button type="submit" name="do" value="stop">
                Take it back
              </button>
            )}
          </form>
        </details>
      ) : null}
    </>
  );
};

const MEANINGS = 3;

/** What the catalogue says of the codes that came last. */
const Meanings = ({ events }: { events: Gathered['facts']['events'] }) => {
  const codes = new Set(
    events.flatMap(({ code, enhanced }) => (code === '504' ? [code] : [enhanced ?? code ?? []].flat())),
  );
  const entries = [...codes].flatMap((code) => lookupCode(code) ?? []).slice(0, MEANINGS);
  return entries.length === 0 ? null : (
    <>
      <h2>What the codes say</h2>
      <dl class="facts">
        {entries.map(({ code, name, meaning, fixes }) => (
          <>
            <dt>
              <a href={`/codes/${code}`}>{code}</a>
            </dt>
            <dd class="prose">
              <b>{name}.</b> {meaning}
              {fixes[0] === undefined ? null : <div class="soft">{`First: ${fixes[0]}`}</div>}
            </dd>
          </>
        ))}
      </dl>
    </>
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
