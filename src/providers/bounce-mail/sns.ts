/**
 * Amazon SES hands its events over by mail where an SNS topic has an e-mail subscription: the body is the JSON that
 * the amazon-ses adapter reads. https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html
 */
import type { Item } from '../adapter.ts';
import { amazonSes } from '../amazon-ses.ts';

const maxJson = 262_144;

/** Null where the text is no such notification. The signature is not looked at: the items are unproven. */
export async function readSnsMail(text: string): Promise<readonly Item[] | null> {
  const start = text.slice(0, maxJson).trimStart();
  if (!start.startsWith('{') || !/"(?:notificationType|eventType)\\?"/.test(start)) return null;
  const json = start
    .slice(0, start.lastIndexOf('}') + 1)
    .replace(/!\r?\n /g, '')
    .replace(/\r?\n/g, ' ');
  const parsed = await amazonSes.parse({
    method: 'POST',
    url: new URL('https://sns.invalid/'),
    headers: new Headers(),
    body: new TextEncoder().encode(json),
  });
  if (!parsed.ok || parsed.value.type !== 'items') return null;
  return parsed.value.items.map((item) => {
    if (item.type !== 'event') return item;
    const { listed: _, ...event } = item.event;
    return { ...item, event: { ...event, proven: false } };
  });
}
