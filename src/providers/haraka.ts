/**
 * Haraka: what its outbound hooks tell a plugin, as docs/integrations/haraka-mailstop.js posts it. Haraka itself posts
 * nothing. One hook is about one queue file, which holds recipients of one domain, each with a reply of its own.
 * https://haraka.github.io/core/Outbound
 */
import { readTime } from '../core/time.ts';
import { defineAdapter, type Item, type Labels } from './adapter.ts';
import { DELIVERED, deferred, eventItem, ignored, type Json, rowOf, unreadable } from './item.ts';
import { isRecord, textOf } from './json.ts';
import { readRecords } from './records.ts';
import { checkSharedKey, sharedHint, verifyShared } from './verify/shared.ts';

/** The hooks of outbound mail that say how an attempt ended. */
const LABELS: Labels = {
  delivered: DELIVERED,
  deferred: deferred(),
  bounce: { kind: 'bounce' }, // at once, or after "Too many failures"
};

export const haraka = defineAdapter({
  id: 'haraka',
  name: 'Haraka',
  docs: 'https://haraka.github.io/core/Outbound',
  needs: { proof: 'shared', hint: `${sharedHint}, which the plugin reads from config/mailstop.ini` },
  setup: [
    'Copy docs/integrations/haraka-mailstop.js to plugins/mailstop.js in the folder of Haraka.',
    'Write the URL and the secret into config/mailstop.ini, as lines url = … and key = ….',
    'Add a line mailstop to config/plugins, and restart Haraka.',
  ],
  labels: LABELS,
  unverified: [
    'The plugin was written from Haraka’s source and its page about outbound hooks, and tested against hooks of that shape, not within Haraka.',
  ],
  checkKey: checkSharedKey,
  verify: (request, trust) => verifyShared(request, trust),
  parse: ({ body }) => readRecords(body, readReport),
});

function readReport(report: Json): Item[] {
  const hook = textOf(report.hook);
  if (hook === null) return [unreadable('no hook: not a report of the plugin', report)];
  const meaning = rowOf(LABELS, hook);
  if (meaning === undefined || meaning === 'ignored') return [ignored(hook, meaning !== undefined)];
  const { recipients } = report;
  if (!Array.isArray(recipients) || recipients.length === 0) return [unreadable('no recipients', report)];
  const id = textOf(report.id);
  return recipients.map((recipient) => {
    const { address, code, enhanced, text } = isRecord(recipient) ? recipient : {};
    return eventItem({
      meaning,
      recipient: address,
      at: readTime(report.at),
      sentAt: readTime(report.queued_at),
      reply: { code: textOf(code), enhanced: textOf(enhanced), text: textOf(text) ?? textOf(report.words) },
      providerType: hook,
      eventId: id === null ? null : `${id}/${hook}/${textOf(report.attempts) ?? 0}`,
      messageId: id,
    });
  });
}
