/** When two reports are one. */
import type { MailEvent } from './event.ts';

/**
 * What makes two reports the same report: the provider's own id and everything that it says. A known id with
 * other content is another event, so that nobody can claim an id before the real one comes. `at` as it was given:
 * a time that we put in its place differs with each delivery.
 */
export const identityOf = (event: Omit<MailEvent, 'id'>, at: number | null): string =>
  JSON.stringify([
    event.sourceId,
    event.providerEventId,
    event.kind,
    event.address,
    at,
    event.smtp.code,
    event.smtp.enhanced,
    event.smtp.text,
    event.messageId,
    event.providerType,
    event.stream,
    event.group,
    event.feedback,
    event.listedFor,
    event.listed,
    event.hearsay,
  ]);
