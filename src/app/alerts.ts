/**
 * Alerts by mail, on Node: what is told to outgoing webhooks of incidents and sources, told to people. The log of notices
 * is the outbox, and each receiver has a place in it, so nothing is lost while a mail server is away. At least once.
 */
import { isQuiet, type QuietHours } from '../core/quiet-hours.ts';
import { HOUR, MINUTE } from '../core/time.ts';
import type { MailPlaceRow } from '../store/store.ts';
import { isCritical, mailOf } from './alert-text.ts';
import type { LogFields } from './log.ts';
import type { Services } from './services.ts';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly messageId: string;
}

/** What the mail server said; throws where it took nothing. */
export type SendMail = (mail: Mail) => Promise<string>;

export const alertLimits = {
  /** Between two mails to one receiver: what comes meanwhile goes together. */
  rest: 5 * MINUTE,
  /** Notices of one mail. */
  page: 100,
  /** Nobody else mails to the receiver meanwhile; longer than a mail server takes. */
  lease: 5 * MINUTE,
} as const;

/** After the first, second, … failure; the last one for as long as it lasts. */
const waits = [MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR] as const;

export interface AlertOptions {
  readonly to: readonly string[];
  readonly from: string;
  readonly quiet: QuietHours | null;
  readonly send: SendMail;
}

type Deps = Pick<Services, 'store' | 'runtime' | 'log' | 'settings'>;

export function createAlerts(deps: Deps, options: AlertOptions): { deliver(): Promise<void> } {
  const { store, runtime } = deps;
  return {
    async deliver() {
      for (const to of options.to) {
        const receiver = runtime.sha256(to);
        for (const { tenant, place } of await store.dueMail(receiver, runtime.now())) {
          if (place !== null) await mailTo(deps, options, to, place);
          // What was before somebody wanted to be told is not told.
          else
            await store.beginMail({
              receiver,
              tenant,
              notices_to: await store.lastNotice(tenant),
              attempts: 0,
              failing_since: null,
              next_at: runtime.now(),
            });
        }
      }
    },
  };
}

async function mailTo(
  { store, runtime, log, settings }: Deps,
  { from, quiet, send }: AlertOptions,
  to: string,
  place: MailPlaceRow,
): Promise<void> {
  const now = runtime.now();
  const { receiver, tenant, notices_to, attempts, failing_since } = place;
  const notices = await store.noticesAfter(tenant, notices_to, alertLimits.page);
  const [first, last] = [notices[0], notices.at(-1)];
  if (first === undefined || last === undefined) return;
  // What is critical takes along what waits: somebody is awake now.
  if (quiet !== null && isQuiet(quiet, now) && !(await isUrgent(store, tenant, notices))) return;
  const claimed = { notices_to, attempts, failing_since, next_at: now + alertLimits.lease };
  if (!(await store.moveMail(place, claimed))) return;
  const held = { ...place, ...claimed };
  // The same in every attempt at the same notices, so that mail programs can tell a repetition.
  const messageId = `<mailstop.${first.seq}-${last.seq}.${receiver.slice(0, 12)}@${from.slice(from.lastIndexOf('@') + 1)}>`;
  try {
    await send({ to, messageId, ...mailOf(notices, tenant, settings.publicUrl) });
  } catch (error) {
    if (failing_since === null) log('warn', 'alerts cannot be mailed; they wait', whyOf(error));
    const wait = waits[Math.min(attempts, waits.length - 1)] as number;
    await store.moveMail(held, {
      notices_to,
      attempts: attempts + 1,
      failing_since: failing_since ?? now,
      next_at: runtime.now() + Math.round(wait * (0.8 + Math.random() * 0.4)),
    });
    return;
  }
  if (failing_since !== null) log('info', 'alerts are mailed again');
  await store.moveMail(held, {
    notices_to: last.seq,
    attempts: 0,
    failing_since: null,
    next_at: runtime.now() + alertLimits.rest,
  });
}

/** Whether something critical waits, be it behind more than one mail holds. */
async function isUrgent(
  store: Deps['store'],
  tenant: string,
  notices: Awaited<ReturnType<Deps['store']['noticesAfter']>>,
): Promise<boolean> {
  let page = notices;
  for (let last = page.at(-1); last !== undefined; last = page.at(-1)) {
    if (page.some(isCritical)) return true;
    page = await store.noticesAfter(tenant, last.seq, alertLimits.page);
  }
  return false;
}

/** Its code and the server's, never its words: those hold addresses. */
function whyOf(error: unknown): LogFields {
  const { code, responseCode } = Object(error) as {
    readonly code?: unknown;
    readonly responseCode?: unknown;
  };
  return {
    error: typeof code === 'string' ? code : error instanceof Error ? error.name : 'unknown',
    ...(typeof responseCode === 'number' ? { status: responseCode } : {}),
  };
}
