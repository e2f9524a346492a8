import type { Page } from '../page.ts';

export const page: Page = {
  example:
    '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.1',
  meaning:
    'The transaction failed, and no better number was found. Behind it stand block lists, spam filters, relay rules and broken messages; dead mailboxes are the exception. Most of the time the fault is with the sender or the content, and the words name it.',
  playsOut: [
    'In the greeting, in place of 220, it shuts the door on your IP: GMX, WEB.DE and others do so for bad PTR records or reputation.',
    'At RCPT TO it is the standing code of Postfix for relaying, block lists and access tables (reject_code, maps_rbl_reject_code).',
    'After DATA it is the verdict on the content, or 554 5.5.1 no valid recipients, when each RCPT TO had been refused before.',
    'The mail is returned. Further messages of the same stream will meet the same filter.',
    'Mailstop sorts by words: a block list is critical, an unknown user suppresses, mailbox full or a loop gives strikes. With no words it is our own matter, a note; with words that it cannot read, a strike.',
  ],
  softOrHard:
    'Hard for this message from this sender. Changed mail, or a cleaned IP, may pass. Nothing is held against the address unless the words speak of the mailbox itself, as in Yahoo’s this user doesn’t have a yahoo.com account.',
  causes: [
    'An IP on a DNS block list: Postfix names the list, such as Spamhaus ZEN, in the reply.',
    'Relay access denied: no login, or the domain is missing on a receiving Postfix.',
    'Spam or policy verdicts after DATA: Yahoo [PH01] for phishing, iCloud [CS01], filters that give no reason.',
    'Sender authentication: Yahoo 554 5.7.9 Message not accepted for policy reasons, mostly DMARC.',
    'Malformed mail: Gmail 554 5.6.0 for broken headers or more than 50 hops.',
    'Amazon SES: Email address is not verified, for a sender or, in the sandbox, a recipient.',
    'A client that talks before the greeting: Exim says 554 SMTP synchronization error.',
  ],
  fixes: [
    'Follow the link or list name in the reply, fix what it names for your IP or domain, and ask for removal only then.',
    'Check PTR, EHLO name, SPF, DKIM and DMARC of the sending host in one go; several 554 texts come down to one of them.',
    'For Relay access denied, log in, or correct mydestination, relay_domains or virtual_mailbox_domains on your MX.',
    'For no valid recipients, look at the refusals of RCPT TO in the lines above.',
    'If only one campaign is hit, test its links and its tracking domain: a listed domain in the body is enough.',
    'At SES verify the sender’s domain, and leave the sandbox before real recipients get mail.',
  ],
  questions: [
    {
      q: 'Do I have to remove the recipient?',
      a: 'Rarely. Take out those whose reply names the mailbox: no account, disabled, unknown. The rest are fine and would fail for any other recipient too.',
    },
    {
      q: 'Why does every domain refuse me at once?',
      a: 'They ask the same block list. Look your IP and your domain up at check.spamhaus.org, and search for the compromised account or form behind it.',
    },
    {
      q: 'Will it go through tomorrow?',
      a: 'Only if something changed: a delisting, a corrected record, other content. Resending unchanged feeds the filter that refused you.',
    },
    {
      q: 'What is 554 5.4.14 or 5.4.6?',
      a: 'A loop: the message went round between servers until one counted enough Received headers. The receiver’s routing is at fault, and it counts as strikes.',
    },
  ],
  related: ['550', '553', '521', '451', '5.7.1', '5.7.9', '5.5.1', '5.4.6'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc5321#section-3.1',
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.2.3',
    'https://www.postfix.org/postconf.5.html#maps_rbl_reject_code',
    'https://senders.yahooinc.com/smtp-error-codes/',
    'https://check.spamhaus.org/',
    'https://support.google.com/a/answer/3726730',
  ],
};
