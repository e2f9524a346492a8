/**
 * What the page of a code says beside its facts: an example, causes, fixes. Our own words; a code that is not
 * here has its facts only.
 */
import { page504 } from './page-504.ts';

export interface Page {
  readonly example?: string;
  /** Replaces the one sentence of the code table. */
  readonly meaning?: string;
  /** How it goes, step by step. */
  readonly playsOut?: readonly string[];
  readonly causes?: readonly string[];
  readonly fixes?: readonly string[];
  readonly questions?: readonly { readonly q: string; readonly a: string }[];
  readonly related?: readonly string[];
  readonly sources?: readonly string[];
}

const pages: Readonly<Record<string, Page>> = {
  '504': page504,
  '421': {
    example: '421 4.7.0 Too many connections, try again later',
    causes: [
      'The receiver is overloaded or restarting.',
      'It limits how many connections or messages one IP may send.',
      'The IP’s reputation is falling, and the receiver slows it down first.',
    ],
    fixes: [
      'Let the sending server retry with growing pauses.',
      'Open fewer connections to this receiver and send fewer messages over each.',
      'If most mail to one receiver is answered so, check the IP’s reputation before more is sent.',
    ],
    related: ['450', '451', '4.7.0', '4.4.5', '4.7.28'],
  },
  '450': {
    example: '450 4.2.0 Greylisted, please try again in five minutes',
    causes: [
      'Greylisting: the receiver wants to see a second attempt.',
      'The mailbox is busy or locked.',
      'The receiver could not check the address or the sender’s domain for now.',
    ],
    fixes: ['Retry from the same IP after some minutes; a normal mail server does so by itself.'],
    related: ['451', '452', '550', '4.2.0', '4.7.1'],
  },
  '451': {
    example: '451 4.3.0 Temporary lookup failure',
    causes: [
      'A disk, directory or filter at the receiver failed.',
      'Greylisting, which many servers announce with 451 4.7.1.',
    ],
    fixes: ['Retry later; nothing about the address or the message is wrong.'],
    related: ['421', '450', '4.3.0', '4.7.1'],
  },
  '452': {
    example: '452 4.2.2 Mailbox full',
    causes: [
      'With 4.2.2: this mailbox is full.',
      'With 4.3.1: the receiving system is out of space.',
      'With 4.5.3: one transaction names too many recipients.',
    ],
    fixes: ['Retry later.', 'Send fewer recipients in one transaction.'],
    related: ['552', '4.2.2', '4.3.1', '4.5.3'],
  },
  '454': {
    example: '454 4.7.0 TLS not available due to a local problem',
    causes: [
      'The receiver’s TLS or login service is out of order.',
      'Some servers use 454 4.7.1 for a relay that they refuse.',
    ],
    fixes: [
      'Retry later.',
      'If it says that relaying is denied, log in first or check where the domain’s mail goes.',
    ],
    related: ['530', '535', '4.7.0'],
  },
  '501': {
    example: '501 5.5.4 Invalid argument',
    causes: [
      'The sender’s or recipient’s address has a form that the server does not take.',
      'The name in EHLO is not a host name.',
      'A parameter is malformed.',
    ],
    fixes: [
      'Check the addresses and the host name that your server sends.',
      'With 5.1.3 correct or remove the recipient’s address.',
    ],
    related: ['500', '504', '555', '5.1.3', '5.5.4'],
  },
  '503': {
    example: '503 5.5.1 Error: need RCPT command',
    causes: [
      'An earlier command was refused, and the client went on regardless.',
      'The client sends MAIL before EHLO or AUTH.',
    ],
    fixes: ['Look in the log for the first refused command: that one tells the cause.'],
    related: ['500', '501', '504', '5.5.1'],
  },
  '530': {
    example: '530 5.7.0 Must issue a STARTTLS command first',
    causes: [
      'The client sends without logging in.',
      'The server requires TLS, and the client does not use it.',
    ],
    fixes: [
      'Switch on TLS and the login in the client.',
      'Send to the receiver’s MX instead of its submission server, or the other way round.',
    ],
    related: ['454', '523', '535', '5.7.0'],
  },
  '535': {
    example: '535 5.7.8 Authentication credentials invalid',
    causes: [
      'Wrong user name, password or token.',
      'The account needs an application password or OAuth.',
      'The provider closed or locked the sending account.',
    ],
    fixes: [
      'Check the login; make a new password or token.',
      'Stop the queue meanwhile: every message of this relay fails.',
    ],
    related: ['530', '534', '5.7.8'],
  },
  '550': {
    example: '550 5.1.1 User unknown',
    causes: [
      'The mailbox does not exist (5.1.1) or is switched off (5.2.1).',
      'The message was refused for its sender, reputation, authentication or content (5.7.x).',
      'The server does not serve the domain.',
    ],
    fixes: [
      'Read the words after the code; they tell which of the two it is.',
      'Mailbox gone: stop mailing it.',
      'Policy: fix what the text names; the address stays good.',
    ],
    questions: [
      {
        q: 'Is a 550 always a dead address?',
        a: 'No. Less than half of the replies with 550 are about the recipient. With no text at all it is taken as a weak sign, and only a third one suppresses for ever.',
      },
    ],
    related: ['551', '553', '554', '5.1.1', '5.2.1', '5.7.1'],
  },
  '552': {
    example: '552 5.2.2 Mailbox full',
    causes: [
      'The mailbox is over its quota.',
      'The message is too large (5.2.3, 5.3.4).',
      'Some receivers refuse attachments or content with 552.',
    ],
    fixes: [
      'Try again in some days; the address is suppressed for a while after three such days.',
      'Send a smaller message, or a link instead of the attachment.',
    ],
    related: ['452', '5.2.2', '5.2.3', '5.3.4'],
  },
  '553': {
    example: '553 5.1.3 Mailbox name not allowed',
    causes: [
      'The recipient’s address is malformed.',
      'The sender’s address or domain is refused (5.1.8, 5.7.1).',
      'Some receivers use it for blocked IPs.',
    ],
    fixes: ['Read the text: it tells whether the sender or the recipient is meant.'],
    related: ['501', '550', '5.1.3', '5.1.8'],
  },
  '554': {
    example: '554 5.7.1 Service unavailable; client host blocked',
    causes: [
      'The sending IP is on a block list.',
      'The content was taken for spam.',
      'A policy of the receiver refuses the message.',
      'At the start of a connection: the host serves no SMTP for this client.',
    ],
    fixes: [
      'Read the text, follow its link, and ask for delisting once the cause is gone.',
      'Check SPF, DKIM, DMARC and the PTR record.',
    ],
    related: ['550', '521', '5.7.1'],
  },
  '555': {
    example: '555 5.5.4 Unsupported option: SIZE',
    causes: [
      'MAIL FROM or RCPT TO carries a parameter that the receiver did not announce.',
      'Gmail says 555 5.5.2 to a malformed address line.',
    ],
    fixes: ['Send only the parameters that the EHLO answer lists.'],
    related: ['501', '504', '5.5.4'],
  },
  '5.1.1': {
    example: '550 5.1.1 User unknown',
    causes: ['The address was mistyped when it was collected.', 'The account was closed.'],
    fixes: [
      'Stop mailing it; ask the person for a new address by another way.',
      'Confirm new addresses with a first message before they join a list.',
    ],
    related: ['550', '5.1.2', '5.1.10', '5.2.1'],
  },
  '5.1.2': {
    example: '550 5.1.2 Domain not found',
    causes: ['The domain was mistyped.', 'The domain has lapsed or has no mail host.'],
    fixes: ['Check the spelling and the domain’s MX and A records.'],
    related: ['556', '5.1.1', '5.1.10', '5.4.4'],
  },
  '5.2.1': {
    example: '550 5.2.1 The account is disabled',
    causes: [
      'The account is suspended or was not used for long.',
      'At Gmail also: the mailbox receives more than it may at the moment; the text says so.',
    ],
    fixes: ['Stop mailing it, unless the text speaks of a rate.'],
    related: ['5.1.1', '5.2.2', '4.2.1'],
  },
  '5.2.2': {
    example: '552 5.2.2 Mailbox full',
    causes: ['The mailbox has reached its quota, often because nobody reads it any more.'],
    fixes: ['Wait: three days with this answer suppress the address for a week, then longer.'],
    related: ['552', '452', '4.2.2', '5.2.1'],
  },
  '5.7.1': {
    example: '550 5.7.1 Message refused by policy',
    causes: [
      'The sending IP or domain has a bad reputation.',
      'SPF, DKIM or DMARC fail.',
      'The content looks like spam.',
      'The server does not relay for this client.',
    ],
    fixes: ['Read the text: the code alone never tells which.', 'Fix the sender; the address stays good.'],
    related: ['550', '554', '5.7.0', '5.7.26'],
  },
  '5.7.26': {
    example: '550 5.7.26 The sender is unauthenticated',
    causes: ['Neither SPF nor DKIM passes for the From domain.', 'The domain’s DMARC policy is to reject.'],
    fixes: ['Publish SPF, sign with DKIM for the From domain, and check the DMARC alignment.'],
    related: ['5.7.20', '5.7.23', '5.7.1'],
  },
  '5.5.4': {
    example: '504 5.5.4 Unrecognized authentication type',
    meaning:
      'A command came with arguments that are wrong or not supported. With no basic code beside it, it is treated as a 504.',
    related: ['504', '501', '555', '5.5.2'],
  },
};

export const pageOf = (code: string): Page | null =>
  Object.hasOwn(pages, code) ? (pages[code] ?? null) : null;
