import type { Page } from '../page.ts';

export const page: Page = {
  example:
    '421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints',
  meaning:
    'Held off for a reason of security or policy that the code does not name; the words must. Most often it is your IP, its volume or its complaints, less often TLS or a login service that does not work for the moment. The recipient is hardly ever the reason.',
  playsOut: [
    'The receiver speaks at connect, after EHLO, at MAIL FROM or at the end of DATA; with 421 it hangs up as well.',
    'Yahoo defers with [TSS04], the relay of Google says Try again later, closing connection, and Postfix counts connections and errors of one client.',
    'The queue waits and tries again. Many parallel retries prolong it, for they are the volume that is complained of.',
    'With a lower rate mail passes after hours; after complaints it may take days.',
    'Mailstop notes volume, reputation, TLS and login: the address stays good even if the queue gives up.',
  ],
  softOrHard:
    'Soft. The same message may pass in an hour from the same IP. The words can move it a little: a bare try again later in a failure report counts as a strike about the receiver’s system, while all that is said about your volume or your IP is only noted.',
  causes: [
    'Yahoo and AOL: [TSS04] and its relatives, for unexpected volume or complaints from one IP.',
    'Gmail: unsolicited mail from the IP, for which 4.7.28 is the newer form; at its SMTP relay also a client whose EHLO says localhost.',
    'Postfix: too many connections from one client (smtpd_client_connection_count_limit, 50 by default) or too many errors in a session (smtpd_hard_error_limit).',
    'Postfix: 454 4.7.0 TLS not available due to local problem, mostly a certificate or key that it cannot load.',
    'A login service out for the moment: 454 4.7.0 Temporary authentication failure (RFC 4954).',
    'Exchange: 451 4.7.0 Temporary server error with a PRX number, when its front end cannot reach the server behind it.',
  ],
  fixes: [
    'Slow down towards that receiver: fewer parallel connections and more time between messages. In Postfix a transport for it alone, say slow, with slow_destination_concurrency_limit and slow_destination_rate_delay.',
    'Read the tag in brackets and open the link in the reply; it leads to the receiver’s own page about it.',
    'Look at complaints in the feedback loop of Yahoo and the Postmaster Tools of Gmail, and stop the stream that draws them.',
    'Give EHLO a real host name with matching DNS (smtp_helo_name in Postfix).',
    'If it is about TLS or login, look at the certificate file and the SASL service of the server that answered.',
    'Bring a new IP up to volume over weeks, with the most engaged recipients first.',
  ],
  questions: [
    {
      q: 'Should I move to another IP?',
      a: 'Not to escape it. Shifting volume to fresh addresses is what spammers do, and the reputation of your domain travels along.',
    },
    {
      q: 'How long does it last?',
      a: 'From minutes, for a connection limit, to days, for complaints. Yahoo suggests another try about four hours later.',
    },
    {
      q: 'How does it differ from 4.7.1?',
      a: 'Little in practice. X.7.1 says that policy forbids this delivery, X.7.0 leaves even that open, and Yahoo has used both for one and the same deferral.',
    },
    {
      q: 'Why is nobody suppressed for it?',
      a: 'The fault lies in volume, reputation or set-up. Taking good addresses off the list would change none of them.',
    },
  ],
  related: ['421', '454', '4.7.1', '4.7.28', '5.7.0', '4.4.5'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc3463#section-3.8',
    'https://senders.yahooinc.com/smtp-error-codes/',
    'https://support.google.com/a/answer/3726730',
    'https://www.postfix.org/postconf.5.html#transport_destination_rate_delay',
  ],
};
