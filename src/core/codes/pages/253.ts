import type { Page } from '../page.ts';

export const page: Page = {
  example: '253 OK, 12 pending messages for node example.com started',
  meaning:
    'The answer to ETRN: so many messages wait here for your domain, and their delivery begins now, over a new connection from this server to your MX. It is a reply to a site that collects its mail, and no sender of mail meets it.',
  playsOut: [
    'A site that is not always online connects to its backup MX and sends ETRN example.com.',
    'The server finds mail for that domain in its queue and answers with the number of messages.',
    'It opens connections of its own to the MX of the domain. Nothing comes back over the session that asked.',
    'If port 25 of the site is closed, the attempt fails silently and the mail goes back into the queue.',
    'For Mailstop there is nothing to record, as ETRN speaks of a queue and not of an address.',
  ],
  softOrHard:
    'Neither. The queue was started, and whether each of its messages arrives is decided in other sessions by other replies.',
  causes: [
    'ETRN from fetchmail in its ETRN mode, or from a mail server that starts the queue of its backup MX after an outage.',
    'A server that counts what waits. Postfix does not: it answers 250 Queuing started and tells no number.',
  ],
  fixes: [
    'Open port 25 to the backup MX and wait: the mail comes by a new inbound connection, not as an answer to ETRN.',
    'On a backup that runs Postfix, list the domain in fast_flush_domains or relay_domains; for any other it refuses ETRN with 459.',
    'Ask again only after the queue had time to drain; the retry of the queue goes on without ETRN too.',
    'If the site can never be reached from outside, use ATRN on port 366, which turns the same connection round (RFC 2645).',
  ],
  questions: [
    {
      q: 'I got 253, but no mail arrives. Why?',
      a: 'The server delivers to the MX of the domain in DNS. If that points elsewhere, or your firewall blocks its address, the attempts fail and the mail stays queued there.',
    },
    {
      q: 'Which other replies does ETRN have?',
      a: '250 started, 251 nothing waits, 252 started without a number, 458 the queue could not be started, 459 not allowed for this node.',
    },
    {
      q: 'May anybody send ETRN for my domain?',
      a: 'Mostly yes, and it does little harm: the mail goes to your MX only. Postfix can limit it with smtpd_etrn_restrictions.',
    },
  ],
  related: ['250', '251', '252', '453', '458', '459'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc1985',
    'https://www.postfix.org/ETRN_README.html',
    'https://www.rfc-editor.org/rfc/rfc2645',
  ],
};
