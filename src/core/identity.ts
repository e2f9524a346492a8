/** When two reports are one. */
import type { MailEvent } from './event.ts';

/**
 * What makes two reports the same report: the provider's own id and everything that it says. A known id with
 * other content is another event, so that nobody can claim an id before the real one comes.
 */
export const identityOf = (event: Omit<MailEvent, 'id'>, timed: boolean): string =>
  JSON.stringify([
    event.sourceId,
    event.providerEventId,
    event.kind,
    event.address,
    timed ? event.at : null,
    event.smtp.code,
    event.smtp.enhanced,
    event.smtp.text,
    event.messageId,
    event.providerType,
    event.stream,
  ]);
