/**
 * Outgoing webhooks (Standard Webhooks): every change of the list, and what else is to be told, at least once and in
 * order for each receiver. The outbox is the list's own log behind each receiver's place in it, so nothing is written
 * for a message, and nothing is lost while a receiver is away.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { alarmEnds, alarmKinds } from '../core/alarms.ts';
import { DAY, SECOND, toRfc3339 } from '../core/time.ts';
import { fromBase64, toBase64, utf8 } from '../providers/verify/bytes.ts';
import { hmacSha256 } from '../providers/verify/hmac.ts';
import type { DeliveryProgress, ExpiredPlace, Store, WebhookRow } from '../store/store.ts';
import type { Log } from './log.ts';
import { afterFailure, type Outbox, outboxLimits, outboxOf } from './outbox.ts';
import type { Runtime } from './runtime.ts';
import type { Seal } from './seal.ts';

export const messageTypes = [
  'suppression.created',
  'suppression.extended',
  'suppression.held',
  'suppression.released',
  'suppression.expired',
  'incident.opened',
  'incident.closed',
  'source.drift',
  ...alarmKinds.flatMap((kind) => [`source.${kind}`, `source.${alarmEnds[kind]}`] as const),
] as const;
export type MessageType = (typeof messageTypes)[number];
/** Sent when somebody asks for it, whatever the receiver wants to be told. */
const TEST = 'webhook.test';

export const deliveryLimits = { ...outboxLimits, atOnce: 8 } as const;

interface Message {
  /** The same in every attempt, so that a receiver can tell a repetition. */
  readonly id: string;
  readonly type: MessageType | typeof TEST;
  readonly at: number;
  /** The address, source or incident that it speaks of. */
  readonly about: string;
  readonly data: object;
  /** What the receiver's place is once it has this. */
  readonly place: Partial<Place>;
}

type Place = Pick<WebhookRow, 'changes_to' | 'notices_to'> & ExpiredPlace;

export interface Webhooks extends Outbox {
  /** One message that tells nothing: what the receiver answers. Its place and its failures stay as they are. */
  test(hook: WebhookRow): Promise<Answer>;
  /** For the receiver alone: `whsec_…`, newest first. */
  seal(secrets: readonly string[]): Promise<string>;
  open(row: Pick<WebhookRow, 'secrets'>): Promise<string[]>;
}

type Answer = Awaited<ReturnType<Runtime['outbound']['post']>>;

interface Deps {
  readonly store: Store;
  readonly runtime: Runtime;
  readonly seal: Seal;
  readonly log: Log;
}

export function createWebhooks({ store, runtime, seal, log }: Deps): Webhooks {
  const open: Webhooks['open'] = async ({ secrets }) => JSON.parse(await seal.open(secrets));
  return {
    seal: (secrets) => seal.seal(JSON.stringify(secrets)),
    open,
    ...outboxOf(
      () => store.dueWebhooks(runtime.now()),
      deliverTo,
      ({ id }, error) => log('error', 'a webhook could not be delivered to', { webhook: id, error }),
    ),
    async test(hook) {
      const now = runtime.now();
      const message = {
        id: `tst_${runtime.randomText(22)}`,
        type: TEST,
        at: now,
        about: hook.id,
        data: { id: hook.id },
        place: {},
      } as const;
      return send(hook, message, await open(hook));
    },
  };

  async function deliverTo(hook: WebhookRow): Promise<void> {
    const now = runtime.now();
    const { tenant, id } = hook;
    let place: Place = hook;
    let messages = await messagesAfter(store, tenant, place, now);
    if (messages.length === 0) return;
    if (!(await store.claimWebhook(hook, now + deliveryLimits.lease))) return;
    const secrets = await open(hook);
    const types: readonly string[] = JSON.parse(hook.types);
    const until = performance.now() + deliveryLimits.turn;
    /** Of the last one that was taken; null = none was. */
    let taken: { readonly at: number; readonly status: number } | null = null;
    const note = (more: Partial<DeliveryProgress>) =>
      store.configure(
        {
          note: 'webhook',
          row: {
            tenant,
            id,
            changes_to: place.changes_to,
            notices_to: place.notices_to,
            expired_to: place.expired_to,
            expired_after: place.expired_after,
            ...(taken === null
              ? {}
              : { last_at: taken.at, last_status: taken.status, attempts: 0, failing_since: null }),
            ...more,
          },
        },
        null,
      );
    turn: while (messages.length > 0) {
      for (const some of together(messages)) {
        const answers = await Promise.all(
          some.map((message) =>
            types.length === 0 || types.includes(message.type) ? send(hook, message, secrets) : 'unwanted',
          ),
        );
        // Up to the first that was not taken: what came after it comes again.
        for (const [i, answer] of answers.entries()) {
          if (answer !== 'unwanted') {
            if (!isSuccess(answer)) {
              await note(failureOf(taken === null ? hook : { id, attempts: 0, failing_since: null }, answer));
              return;
            }
            taken = { at: runtime.now(), status: answer.status };
          }
          place = { ...place, ...some[i]?.place };
        }
        if (performance.now() > until) break turn;
      }
      messages = await messagesAfter(store, tenant, place, runtime.now());
    }
    await note({ next_at: runtime.now() });
  }

  async function send(hook: WebhookRow, message: Message, secrets: readonly string[]) {
    const body = JSON.stringify({
      type: message.type,
      timestamp: toRfc3339(message.at),
      data: message.data,
    });
    // Of the attempt: a receiver takes no message whose time is long past.
    const timestamp = Math.floor(runtime.now() / SECOND);
    const signatures = await Promise.all(
      secrets.map(async (secret) => {
        const key = fromBase64(secret.replace(/^whsec_/, ''), 1_000) ?? new Uint8Array();
        return `v1,${toBase64(await hmacSha256(key, utf8(`${message.id}.${timestamp}.${body}`)))}`;
      }),
    );
    return runtime.outbound.post(new URL(hook.url), {
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Mailstop',
        'webhook-id': message.id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': signatures.join(' '),
      },
      body,
    });
  }

  function failureOf(
    failing: Pick<WebhookRow, 'id' | 'attempts' | 'failing_since'>,
    answer: Answer,
  ): Partial<DeliveryProgress> {
    const { next, isOver } = afterFailure(failing, runtime.now(), answer?.retryAfter ?? null);
    const isGone = answer?.status === 410;
    const why = isGone
      ? 'It answered 410 Gone.'
      : `It took nothing for ${deliveryLimits.patience / DAY} days.`;
    const disabled = isGone || isOver;
    if (disabled) log('warn', 'a webhook was disabled', { webhook: failing.id });
    return { ...next, last_status: answer?.status ?? null, ...(disabled ? { disabled: 1, why } : {}) };
  }
}

/** What goes out at the same time: nothing of one address beside another thing of it, whose order would be lost. */
function together(messages: readonly Message[]): Message[][] {
  const batches: Message[][] = [];
  let about = new Set<string>();
  for (const message of messages) {
    const last = batches.at(-1);
    if (last === undefined || last.length === deliveryLimits.atOnce || about.has(message.about)) {
      batches.push([message]);
      about = new Set();
    } else last.push(message);
    about.add(message.about);
  }
  return batches;
}

const isSuccess = (answer: Answer): answer is NonNullable<Answer> =>
  answer !== null && answer.status >= 200 && answer.status < 300;

/** The next messages: changes of the list, then what ran out, then notices. */
async function messagesAfter(store: Store, tenant: string, place: Place, now: number): Promise<Message[]> {
  const { page } = deliveryLimits;
  const changes = (await store.changesAfter(tenant, place.changes_to, page)).map((row): Message => {
    const { seq, at, address, stream, reason, state, until, suppression_id, was } = row;
    const data = { id: suppression_id, address, stream, reason, state, until: orNull(until), seq };
    const type = state === 'released' ? 'released' : state === 'held' ? 'held' : was ? 'extended' : 'created';
    return {
      id: `chg_${seq}`,
      type: `suppression.${type}`,
      at,
      about: address,
      data,
      place: { changes_to: seq },
    };
  });
  if (changes.length > 0) return changes;
  const ranOut = await runOut(store, tenant, place, now);
  if (ranOut.length > 0) return ranOut;
  return (await store.noticesAfter(tenant, place.notices_to, page)).map(
    ({ seq, type, at, data }): Message => ({
      id: `ntc_${seq}`,
      type: type as MessageType,
      at,
      about: JSON.parse(data).id,
      data: JSON.parse(data),
      place: { notices_to: seq },
    }),
  );
}

async function runOut(store: Store, tenant: string, place: ExpiredPlace, now: number): Promise<Message[]> {
  const rows = await store.ranOut(tenant, place, now, deliveryLimits.page);
  return rows.map(({ id, address, stream, reason, until }): Message => {
    const data = { id, address, stream, reason, state: 'expired', until: orNull(until) };
    return {
      id: `exp_${id}_${until}`,
      type: 'suppression.expired',
      at: until ?? now,
      about: address,
      data,
      place: { expired_to: until ?? now, expired_after: id },
    };
  });
}

const orNull = (at: number | null): string | null => (at === null ? null : toRfc3339(at));
