/** Notices that follow no standard, one or more for each way of writing them: who failed, and with what reply. */
import { describe, expect, test } from 'vitest';
import type { ProviderEvent } from '../../src/core/event.ts';
import { readReply } from '../../src/core/smtp.ts';
import type { Item } from '../../src/providers/adapter.ts';
import { dsn } from '../../src/providers/dsn.ts';

const itemsOf = async (body: string): Promise<readonly Item[]> => {
  const parsed = await dsn.parse({
    method: 'POST',
    url: new URL('https://mail.example.test/webhooks/dsn_x'),
    headers: new Headers({ 'content-type': 'message/rfc822' }),
    body: new TextEncoder().encode(body),
  });
  if (!parsed.ok || parsed.value.type !== 'items') throw new Error('not read');
  return parsed.value.items;
};

/** `a@ex.test 550 5.1.1`: as much of it as the notice tells. */
function short({ recipient, reply }: ProviderEvent): string {
  const { code, enhanced } = readReply(reply);
  return [recipient, code ?? '-', enhanced ?? '-'].join(' ');
}

const ORIGINAL = [
  'Return-Path: <news@sender.test>',
  'Received: from a.sender.test by b.sender.test; Thu, 01 Oct 2026 10:00:00 +0000',
  'From: News <news@sender.test>',
  'To: Ann <ann@ex.test>',
  'Subject: October',
  'Message-ID: <the-message@sender.test>',
  '',
  'Hello, write to hello@sender.test.',
].join('\n');

interface Written {
  readonly from?: string;
  readonly subject?: string;
  readonly headers?: readonly string[];
  readonly body: string;
}

const written = ({
  from = 'Mail Delivery System <MAILER-DAEMON@mx.ex.test>',
  subject = 'Undelivered Mail Returned to Sender',
  headers = [],
  body,
}: Written): string =>
  [
    `From: ${from}`,
    'To: news@sender.test',
    `Subject: ${subject}`,
    'Date: Thu, 01 Oct 2026 12:00:00 +0000',
    'Message-ID: <the-notice@mx.ex.test>',
    ...headers,
    '',
    body,
  ].join('\n');

const notices: readonly (readonly [title: string, notice: Written, failed: readonly string[]])[] = [
  [
    'qmail quotes what the remote host said',
    {
      subject: 'failure notice',
      body: `Hi. This is the qmail-send program at mx.ex.test.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<ann@ex.test>:\n192.0.2.5 does not like recipient.\nRemote host said: 550 5.1.1 no such user\nGiving up on 192.0.2.5.\n\n<bob@ex.test>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n${ORIGINAL}`,
    },
    ['ann@ex.test 550 5.1.1', 'bob@ex.test - 5.1.1'],
  ],
  [
    'Postfix without a report part',
    {
      body: `This is the Postfix program at host mx.ex.test.\n\nFor further assistance, please send mail to <postmaster>\n\n<ann@ex.test>: host mx.ex.test[192.0.2.5] said: 552 5.2.2 Mailbox\n    full (in reply to RCPT TO command)\n\n${ORIGINAL}`,
    },
    ['ann@ex.test 552 5.2.2'],
  ],
  [
    'Exim lists addresses and indents the reply of each',
    {
      subject: 'Mail delivery failed: returning message to sender',
      headers: ['X-Failed-Recipients: ann@ex.test,\n  bob@ex.test', 'Auto-Submitted: auto-replied'],
      body: `This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  ann@ex.test\n    host mx.ex.test [192.0.2.5]\n    SMTP error from remote mail server after RCPT TO:<ann@ex.test>:\n    550 5.1.1 unknown user\n  bob@ex.test\n    Unrouteable address\n\n------ This is a copy of the message, including all the headers. ------\n\n${ORIGINAL}`,
    },
    ['ann@ex.test 550 5.1.1', 'bob@ex.test - -'],
  ],
  [
    'Exim after a MAIL command with a size',
    {
      subject: 'Mail delivery failed: returning message to sender',
      body: `A message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  ann@ex.test\n    SMTP error from remote mail server after MAIL FROM:<news@sender.test> SIZE=1543:\n    host mx.ex.test [192.0.2.5]: 553 5.7.1 not from here\n\n------ This is a copy of the message, including all the headers. ------\n${ORIGINAL}`,
    },
    ['ann@ex.test 553 5.7.1'],
  ],
  [
    'GMX quotes the address',
    {
      body: `This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to\none or more of its recipients. This is a permanent error. The following address failed:\n\n"ann@ex.test":\nSMTP error from remote server after RCPT command:\nhost: mx.ex.test\n5.1.1 <ann@ex.test>... User unknown\n\n--- The header of the original message is following. ---\n\n${ORIGINAL}`,
    },
    ['ann@ex.test - 5.1.1'],
  ],
  [
    'Sendmail with its transcript',
    {
      from: 'Mail Delivery Subsystem <MAILER-DAEMON@mx.ex.test>',
      subject: 'Returned mail: see transcript for details',
      body: `The original message was received at Thu, 1 Oct 2026 10:00:00 +0000\nfrom [192.0.2.9]\n\n   ----- The following addresses had permanent fatal errors -----\n<ann@ex.test>\n\n   ----- Transcript of session follows -----\n... while talking to mx.ex.test.:\n>>> RCPT To:<ann@ex.test>\n<<< 550 5.7.1 blocked\n550 5.1.1 <ann@ex.test>... User unknown\n\n   ----- Original message follows -----\n${ORIGINAL}`,
    },
    ['ann@ex.test 550 5.7.1'],
  ],
  [
    'old Sendmail, whose transcript is all there is',
    {
      subject: 'Returned mail: User unknown',
      body: `   ----- Transcript of session follows -----\nWhile talking to mx.ex.test:\n>>> RCPT To:<ann@ex.test>\n<<< 550 <ann@ex.test>... User unknown\n550 <ann@ex.test>... User unknown\n554 <bob@ex.test>... 550 Host unknown\n\n   ----- Unsent message follows -----\n${ORIGINAL}`,
    },
    ['ann@ex.test 550 -', 'bob@ex.test 550 -'],
  ],
  [
    'Postfix tells its postmaster of a session in which the message was refused',
    {
      from: 'MAILER-DAEMON@mx.ex.test (Mail Delivery System)',
      subject: 'Postfix SMTP server: errors from app.ex.test[192.0.2.9]',
      body: 'Transcript of session follows.\n\n Out: 220 mx.ex.test ESMTP Postfix\n In:  EHLO app.ex.test\n Out: 250-mx.ex.test\n Out: 250 SIZE 33554432\n In:  MAIL\n     FROM:<news@sender.test>\n     SIZE=20088\n Out: 250 2.1.0 Ok\n In:  RCPT TO:<ann@ex.test> ORCPT=rfc822;ann@ex.test\n Out: 250 2.1.5 Ok\n In:  DATA\n Out: 354 End data with <CR><LF>.<CR><LF>\n Out: 451 4.3.0 Error: queue file write error\n In:  QUIT\n Out: 221 2.0.0 Bye\n\n\nFor other details, see the local mail logfile\n',
    },
    ['ann@ex.test 451 4.3.0'],
  ],
  [
    'Postfix tells its postmaster of a session in which two of three recipients were refused',
    {
      from: 'MAILER-DAEMON@mx.ex.test (Mail Delivery System)',
      subject: 'Postfix SMTP server: errors from app.ex.test[192.0.2.9]',
      body: 'Transcript of session follows.\n\n Out: 220 mx.ex.test ESMTP Postfix\n In:  MAIL FROM:<news@sender.test>\n Out: 250 2.1.0 Ok\n In:  RCPT TO:<ann@ex.test>\n Out: 452 4.3.1 Insufficient system storage\n In:  RCPT TO:<bob@ex.test>\n Out: 550 5.1.1 <bob@ex.test>: Recipient address rejected\n In:  RCPT TO:<cy@ex.test>\n Out: 250 2.1.5 Ok\n In:  DATA\n Out: 354 End data\n Out: 250 2.0.0 Ok: queued\n In:  QUIT\n Out: 221 2.0.0 Bye\n',
    },
    ['ann@ex.test 452 4.3.1', 'bob@ex.test 550 5.1.1'],
  ],
  [
    'Active!hunter puts arrows before the address',
    {
      from: '"MAILER-DAEMON" <MAILER-DAEMON@mx.ex.test>',
      subject: 'FAILURE NOTICE :',
      body: `The original message was received at Thu, 01 Oct 2026\nfrom news\n\n   ----- The following addresses had permanent fatal errors -----\n\n>>> ann@ex.test <ann@ex.test>\n\n   ----- Transcript of session follows -----\n\n550 sorry, no mailbox here by that name (#5.1.1 - chkusr)\n`,
    },
    ['ann@ex.test 550 5.1.1'],
  ],
  [
    'Apache James labels everything',
    {
      from: 'postmaster@mx.ex.test',
      subject: '[BOUNCE]',
      body: `Hi. This is the James mail server at mx.ex.test.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\nMessage details:\n  Subject: October\n  Sent date: Thu Oct 01 10:00:00 UTC 2026\n  MAIL FROM: news@sender.test\n  RCPT TO: ann@ex.test\n  From: News <news@sender.test>\n  To: ann@ex.test\n  Size (in bytes): 1024\n  Number of lines: 64\n\nError message below:\n550 - Requested action not taken: no such user here\n`,
    },
    ['ann@ex.test 550 -'],
  ],
  [
    'Exchange 5.5 says who was not reached, and when',
    {
      from: 'System Administrator <postmaster@ex.test>',
      subject: 'Undeliverable: October',
      body: `Your message\n\n  To:      news@sender.test\n  Subject: October\n  Sent:    Thu, 1 Oct 2026 10:00:00 -0000\n\ndid not reach the following recipient(s):\n\nann@ex.test on Thu, 1 Oct 2026 10:00:01 -0000\n    The recipient name is not recognized\n\tThe MTS-ID of the original message is: c=xx;a= ;p=ex;l=EXCHANGE0000000000000000\n    MSEXCH:IMS:EX:TEST:EXCHANGE 0 (000C05A6) Unknown Recipient\n`,
    },
    ['ann@ex.test - -'],
  ],
  [
    'Exchange 2007 puts the reply after a number sign',
    {
      from: 'Microsoft Outlook <postmaster@ex.test>',
      subject: 'Undeliverable: October',
      body: `Delivery has failed to these recipients or distribution lists:\n\nann@ex.test<mailto:ann@ex.test>\nThe recipient's e-mail address was not found in the recipient's e-mail system.\n\nDiagnostic information for administrators:\n\nGenerating server: mx.ex.test\n\nann@ex.test\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n\nOriginal message headers:\n\n${ORIGINAL}`,
    },
    ['ann@ex.test 550 5.1.1'],
  ],
  [
    'Gmail before its reports',
    {
      subject: 'Delivery Status Notification (Failure)',
      headers: ['X-Failed-Recipients: ann@ex.test'],
      body: `Delivery to the following recipient failed permanently:\n\n     ann@ex.test\n\nTechnical details of permanent failure:\nGoogle tried to deliver your message, but it was rejected by the recipient domain. The error that the other server returned was: 554 554 5.7.1 blocked (state 14).\n\n----- Original message -----\n\n${ORIGINAL}`,
    },
    ['ann@ex.test 554 5.7.1'],
  ],
  [
    'a group of Google, in another language, is named in a header only',
    {
      subject: 'Delivery Status Notification (Failure)',
      headers: ['X-Failed-Recipients: group@ex.test'],
      body: `Hola, news@sender.test:\n\nEl grupo con el que has intentado ponerte en contacto (group) no existe.\n\n----- Original message -----\n\n${ORIGINAL}`,
    },
    ['group@ex.test - -'],
  ],
  [
    'OpenSMTPD gives a line to each',
    {
      from: 'Mailer Daemon <MAILER-DAEMON@mx.ex.test>',
      subject: 'Delivery status notification: error',
      body: `    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n    An error has occurred while attempting to deliver a message for\n    the following list of recipients:\n\nann@ex.test: 550 5.2.2 <ann@ex.test>... Mailbox Full\nbob@ex.test: 550 5.1.1 User Unknown\n\n    Below is a copy of the original message:\n\n${ORIGINAL}`,
    },
    ['ann@ex.test 550 5.2.2', 'bob@ex.test 550 5.1.1'],
  ],
  [
    'DragonFly says what the server did not like',
    {
      from: 'MAILER-DAEMON <>',
      subject: 'Mail delivery failed',
      body: `This is the DragonFly Mail Agent v0.13 at mx.ex.test.\n\nThere was an error delivering your mail to <ann@ex.test>.\n\nmx.ex.test [192.0.2.5] did not like our RCPT TO:\n550 5.1.1 <ann@ex.test>: Recipient address rejected: User unknown\n\nMessage headers follow.\n\n${ORIGINAL}`,
    },
    ['ann@ex.test 550 5.1.1'],
  ],
  [
    'IMail names the user in front',
    {
      from: 'Postmaster <postmaster@ex.test>',
      subject: 'Undeliverable Mail',
      body: `Unknown user: ann@ex.test\n\n\nOriginal message follows.\n\n${ORIGINAL}`,
    },
    ['ann@ex.test - -'],
  ],
  [
    'MailFoundry says it in a sentence',
    {
      from: 'MAILER-DAEMON@ex.test',
      subject: 'Message delivery has failed',
      body: `Unable to deliver message to: <ann@ex.test>\nDelivery failed for the following reason:\nmx.ex.test[192.0.2.5] responded with failure: 552 sorry, over quota (#5.2.2)\n\nThis has been a permanent failure. No further delivery attempts will be made.\n`,
    },
    ['ann@ex.test 552 5.2.2'],
  ],
  [
    'MailMarshal puts the reply before the recipients',
    {
      from: 'MailMarshal <postmaster@ex.test>',
      subject: 'Undeliverable Mail: "October"',
      body: `Your message:\n   From:    news@sender.test\n   Subject: October\n\nCould not be delivered because of\n\n550 5.1.1 User unknown\n\nThe following recipients were affected:\n\n    ann@ex.test\n\nAdditional Information\n======================\n\n${ORIGINAL}`,
    },
    ['ann@ex.test 550 5.1.1'],
  ],
  [
    'McAfee in brackets',
    {
      from: 'Mail Delivery System <MAILER-DAEMON@mx.ex.test>',
      subject: 'Message you sent blocked by our bulk email filter: delivery failure',
      body: `--- The following addresses had delivery problems ---\n\n<ann@ex.test>   (User unknown ann@ex.test)\n\n--------------Boundary-00=_00000000000000000000\n`,
    },
    ['ann@ex.test - -'],
  ],
  [
    'Mail2000 in square brackets',
    {
      from: '"Mail Deliver System" <MAILER-DAEMON@mx.ex.test>',
      subject: 'Returned Mail: User unknown',
      body: `The original message was received at Thu, 1 Oct 2026 10:00:00 +0900 (JST)\nfrom news@sender.test\n\n---The following addresses had delivery errors---\n\nann@ex.test [User unknown]\n`,
    },
    ['ann@ex.test - -'],
  ],
  [
    'InterScan prints the session as sent and received',
    {
      from: '"InterScan MSS" <postmaster@ex.test>',
      subject: 'Mail could not be delivered',
      body: `****** Message from InterScan Messaging Security Suite ******\n\nSent >>> RCPT TO:<ann@ex.test>\nReceived <<< 550 5.1.1 unknown user\n\nUnable to deliver message to <ann@ex.test>\n\n**********************     End of message     **********************\n`,
    },
    ['ann@ex.test 550 5.1.1'],
  ],
  [
    'au by KDDI indents and labels',
    {
      from: 'Postmaster@ezweb.ne.jp',
      subject: 'Mail System Error - Returned Mail',
      body: `The user(s) account is disabled.\n\nEach of the following recipients was rejected by a remote mail server.\n    Recipient: <ann@ezweb.ne.jp>\n    >>> RCPT TO:<ann@ezweb.ne.jp>\n    <<< 550 <ann@ezweb.ne.jp>: User unknown\n`,
    },
    ['ann@ezweb.ne.jp 550 -'],
  ],
  [
    'KDDI in a sentence',
    {
      from: 'no-reply@app.auone-net.jp, postmaster@kddi.ex.test',
      subject: '[MAIL DELIVERY] Your mail could not be delivered',
      body: `Your mail sent on: Thu, 1 Oct 2026 10:00:00 +0900\n    Could not be delivered to: <ann@kddi.ex.test>\n    As their mailbox is full.\n`,
    },
    ['ann@kddi.ex.test - -'],
  ],
  [
    'SurfControl addresses it first',
    {
      from: 'Mail Delivery System <postmaster@ex.test>',
      subject: 'Undeliverable message',
      body: `Your message could not be sent.\nA transcript of the attempts to send the message follows.\nThe number of attempts made: 1\nAddressed To: ann@ex.test\n\nThu 01 Oct 2026 10:00:00 +0900\nFailed to send to identified host,\nann@ex.test: [192.0.2.5], 550 ann@ex.test... No such user\n\n--- Message non-deliverable.\n`,
    },
    ['ann@ex.test 550 -'],
  ],
  [
    'Zoho calls codes by their name',
    {
      subject: 'Undelivered Mail Returned to Sender',
      from: 'mailer-daemon@mail.zoho.test',
      body: `This message was created automatically by mail delivery software.\n A message that you sent could not be delivered to one or more of its recipients. This is a permanent error. \n\nann@ex.test Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.1 <ann@ex.test>... User Unknown\n\nReceived:from mail.zoho.test by mx.zoho.test\n`,
    },
    ['ann@ex.test 550 5.1.1'],
  ],
  [
    'Yahoo gives up after retries',
    {
      from: 'MAILER-DAEMON@yahoo.test',
      subject: 'Failure Notice',
      body: `Sorry, we were unable to deliver your message to the following address.\n\n<ann@ex.test>:\nRemote host said: 550 5.1.1 <ann@ex.test>... User Unknown [RCPT_TO]\n\n--- Below this line is a copy of the message.\n\n${ORIGINAL}`,
    },
    ['ann@ex.test 550 5.1.1'],
  ],
  [
    'an MMSC names nobody but the original’s recipient',
    {
      from: 'MMSC NDR Administrator <sysadmin@mms.ex.test>',
      subject: 'Undeliverable Message',
      body: `Message could not be delivered to mobile.\nError: No valid recipients for this MM\n\nOriginal Message:\nFrom: News <news@sender.test>\nTo: 0000000000@mms.ex.test\nSubject: October\n`,
    },
    ['0000000000@mms.ex.test - -'],
  ],
  [
    'm-FILTER shows the server’s message alone',
    {
      from: 'Mailer Daemon<MAILER-DAEMON@mx.ex.test>',
      subject: 'failure notice',
      body: `このメールは配信できませんでした。\n\n-------server message\n550 5.1.1 unknown user <ann@ex.test>\n\n-------original message\n${ORIGINAL}`,
    },
    ['ann@ex.test 550 5.1.1'],
  ],
  [
    'a mail service in Russian, with Exim’s text below',
    {
      from: 'mailer-daemon@corp.ex.test',
      subject:
        '=?UTF-8?B?0JLQsNGI0LUg0YHQvtC+0LHRidC10L3QuNC1INC90LUg0LTQvtGB0YLQsNCy0LvQtdC90L4=?=. Mail failure.',
      body: `К сожалению, Ваше письмо не может быть доставлено одному или нескольким получателям:\n\n  ann@ex.test\n    SMTP error from remote mail server after RCPT TO:<ann@ex.test>:\n    host mx.ex.test [192.0.2.5]: 550 5.1.1 User Unknown\n\n------ This is a copy of the message, including all the headers. ------\n\n${ORIGINAL}`,
    },
    ['ann@ex.test 550 5.1.1'],
  ],
  [
    'a Japanese gateway that labels in Japanese',
    {
      from: 'postmaster@ex.test',
      subject: '=?UTF-8?B?6YWN5L+h44Ko44Op44O8?=',
      body: `次のあて先へのメッセージは配信できませんでした。\n\n宛先: ann@ex.test\n理由: 550 5.1.1 User unknown\n`,
    },
    ['ann@ex.test 550 5.1.1'],
  ],
  [
    'a list of addresses on one line',
    {
      subject: 'There was an error sending your mail',
      body: `We had trouble delivering your message. Full details follow:\n\nSubject: 'October'\n\n2 error(s):\n\nThe following recipients returned permanent errors: ann@ex.test, bob@ex.test. Reason: SMTP Server <192.0.2.5> refused to accept your message (DATA), with the following error message: [554 5.4.6 Hop count exceeded]\n`,
    },
    ['ann@ex.test 554 5.4.6', 'bob@ex.test 554 5.4.6'],
  ],
  [
    'GroupWise with a code in brackets',
    {
      from: 'Mailer-Daemon@gw.ex.test',
      subject: 'Message status - undeliverable',
      body: `The message that you sent was undeliverable to the following:\n\tann@ex.test (user not found)\n\nPossibly truncated original message follows:\n\n${ORIGINAL}`,
    },
    ['ann@ex.test - -'],
  ],
  [
    'MDaemon prints the session',
    {
      from: 'MDaemon at ex.test <MDaemon@ex.test>',
      subject: 'Warning: ex.test - Permanent delivery failure',
      body: `The attached message had PERMANENT fatal delivery errors!\n\nAfter one or more unsuccessful delivery attempts the attached message has\nbeen removed from the mail queue on this server.\n\nFailed address: ann@ex.test\n\n--- Session Transcript ---\n Thu 2026-10-01 10:00:00: --> RCPT To:<ann@ex.test>\n Thu 2026-10-01 10:00:00: <-- 550 5.1.1 ann@ex.test: Recipient unknown\n--- End Transcript ---\n`,
    },
    ['ann@ex.test 550 5.1.1'],
  ],
  [
    'MailEnable in a sentence',
    {
      from: 'Postmaster@ex.test',
      subject: 'Message Delivery Failure',
      body: `Message could not be delivered to some recipients.\nThe following recipient(s) could not be reached:\n\n\tRecipient: [SMTP:ann@ex.test]\n\tReason: Remote SMTP Server Returned: 550 5.1.1 No such user here\n\n\nMessage headers follow:\n\n${ORIGINAL}`,
    },
    ['ann@ex.test 550 5.1.1'],
  ],
  [
    'Lotus Notes knows no code',
    {
      from: 'postmaster@ex.test',
      subject: 'Undeliverable message',
      body: `------- Failure Reasons  --------\n\nUser not listed in public Name & Address Book\nann@ex.test\n\n------- Returned Message --------\n${ORIGINAL}`,
    },
    ['ann@ex.test - -'],
  ],
  [
    'Domino explains after the address',
    {
      from: 'Postmaster@ex.test',
      subject: 'DELIVERY FAILURE: User ann (ann@ex.test) not listed in Domino Directory',
      body: `Your message\n\n  Subject: October\n\nwas not delivered to:\n\n  ann@ex.test\n\nbecause:\n\n  User ann (ann@ex.test) not listed in Domino Directory\n`,
    },
    ['ann@ex.test - -'],
  ],
  [
    'Kerio and others in an official tone',
    {
      from: 'Mail Delivery Subsystem <postmaster@ex.test>',
      subject: 'Undeliverable: October',
      body: `Your message could not be delivered to the following recipient:\n\n<ann@ex.test>\n\nReason: 550 5.1.1 Mailbox not found\n`,
    },
    ['ann@ex.test 550 5.1.1'],
  ],
  [
    'Outlook.com writes that an address was not found at a domain',
    {
      from: 'Microsoft Outlook <postmaster@ex.test>',
      subject: 'Undeliverable: October',
      body: `Your message to ann@ex.test couldn't be delivered.\n\nann wasn't found at ex.test.\n\nOriginal Message Details\nCreated Date: 10/1/2026\nSender Address: news@sender.test\nRecipient Address: ann@ex.test\n\nError Details\nReported error: 550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found\n`,
    },
    ['ann@ex.test 550 5.1.10'],
  ],
  [
    'a hosting company that names its telephone',
    {
      from: 'MAILER-DAEMON@mx.ex.test',
      subject: 'Permanent Delivery Failure',
      body: `We're sorry. Please contact Customer Support at (480) 555-0100.\n\n<ann@ex.test>:\nMailbox is full (#5.2.2)\n\n<bob@ex.test>:\nMailbox is full\n\n--- Below this line is a copy of the message.\n\n${ORIGINAL}`,
    },
    ['ann@ex.test - 5.2.2', 'bob@ex.test - -'],
  ],
  [
    'an IronPort',
    {
      subject: 'Delivery Status Notification (Failure)',
      body: `The following message to <ann@ex.test> was undeliverable.\nThe reason for the problem:\n5.1.0 - Unknown address error 550-'5.1.1 <ann@ex.test>: User unknown'\n`,
    },
    ['ann@ex.test 550 5.1.1'],
  ],
  [
    'Outlook in German',
    {
      from: 'Microsoft Outlook <postmaster@ex.test>',
      subject: 'Unzustellbar: Oktober',
      body: `Ihre Nachricht an ann@ex.test konnte nicht zugestellt werden.\n\nDiagnoseinformationen für Administratoren:\n\nann@ex.test\nRemote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound'\n`,
    },
    ['ann@ex.test 550 5.1.10'],
  ],
  [
    'hMailServer prints both halves of the session',
    {
      subject: 'Message undeliverable: October',
      body: `Your message did not reach some or all of the intended recipients.\n\nThe following recipient(s) could not be reached:\n\nann@ex.test\n   Error Type: SMTP\n   Remote server (192.0.2.1) issued an error.\n   hMailServer sent: RCPT TO:<ann@ex.test>\n   Remote server replied: 550 5.1.1 No such user\n`,
    },
    ['ann@ex.test 550 5.1.1'],
  ],
  [
    'Exim delivering into a pipe',
    {
      subject: 'Mail delivery failed: returning message to sender',
      body: `The following address(es) failed:\n\n  |/usr/local/bin/vdeliver\n    (generated from ann@ex.test)\n    mailbox is full\n\n------ This is a copy of the message, including all the headers. ------\n${ORIGINAL}`,
    },
    ['ann@ex.test - -'],
  ],
  [
    'a forwarded notice keeps its angle brackets',
    {
      from: 'Ann <boss@sender.test>',
      subject: 'Fwd: Returned mail: see transcript for details',
      body: `Begin forwarded message:\n\n> From: Mail Delivery Subsystem <MAILER-DAEMON>\n> Subject: Returned mail: see transcript for details\n>\n>    ----- The following addresses had permanent fatal errors -----\n> <ann@ex.test>\n>\n> Final-Recipient: RFC822; ann@ex.test\n> Action: failed\n> Status: 5.1.1\n> Diagnostic-Code: SMTP; 550 5.1.1 <ann@ex.test>... User unknown\n`,
    },
    ['ann@ex.test 550 5.1.1'],
  ],
  [
    'QQ, in sentences without blanks',
    {
      from: 'PostMaster@qq.com',
      subject: '=?utf-8?B?57O757uf6YCA5L+h?=',
      body: `很抱歉您发送的邮件被退回，以下是该邮件的相关信息：\n\n无法发送到 ann@ex.test\n\n退信原因\t收件人邮件地址（ann@ex.test）不存在，邮件无法送达。\n`,
    },
    ['ann@ex.test - -'],
  ],
  [
    'Naver, and a subject that is not encoded',
    {
      from: 'Mailer-Daemon <mailer-daemon@naver.test>',
      subject: '메일이 전송되지 못했습니다.',
      body: `보낸 메일이 아래의 이유로 전송되지 못했습니다.\n\n받는사람 : ann@ex.test\n발송일자: 2026-10-01\n실패사유: 존재하지 않는 사용자입니다. (550 5.1.1 User unknown)\n`,
    },
    ['ann@ex.test 550 5.1.1'],
  ],
  [
    'a Japanese server, whose label is a long one',
    {
      subject: 'Returned mail',
      body: `メールを送信できませんでした。\n送信先メールアドレス： ann@ex.test\n理由： 552 5.2.2 mailbox is full\n`,
    },
    ['ann@ex.test 552 5.2.2'],
  ],
  [
    'an Italian provider',
    {
      subject: 'Mancata consegna',
      body: `Il messaggio non ha potuto essere recapitato al seguente indirizzo:\n\nann@ex.test\n\nCasella piena (552 5.2.2)\n`,
    },
    ['ann@ex.test 552 5.2.2'],
  ],
  [
    'a Brazilian provider',
    {
      subject: 'Falha na entrega da mensagem',
      body: `Não foi possível entregar a sua mensagem para o destinatário: ann@ex.test\nMotivo: 550 5.1.1 usuário desconhecido\n`,
    },
    ['ann@ex.test 550 5.1.1'],
  ],
  [
    'Exchange, which names them for people, and by address below, each with its own reply',
    {
      subject: 'Undeliverable: October',
      body: `Delivery has failed to these recipients or groups:\n\nAnn (ann@ex.test)<mailto:ann@ex.test>\nThe address could not be found.\n\nBob (bob@ex.test)<mailto:bob@ex.test>\nSomething went wrong.\n\nDiagnostic information for administrators:\n\nGenerating server: mx.ex.test\n\nann@ex.test\nRemote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found'\n\nbob@ex.test\nRemote Server returned '451 4.7.500 Server busy'\n\nOriginal message headers:\n\n${ORIGINAL}`,
    },
    ['ann@ex.test 550 5.1.10', 'bob@ex.test 451 4.7.500'],
  ],
  [
    'Exchange, which has a name of one alone',
    {
      subject: 'Undeliverable: October',
      body: `Delivery has failed to these recipients or groups:\n\nann@ex.test<mailto:ann@ex.test>\nThe address could not be found.\n\nBob (bob@ex.test)<mailto:bob@ex.test>\nSomething went wrong.\n\nDiagnostic information for administrators:\n\nGenerating server: mx.ex.test\n\nann@ex.test\nRemote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found'\n\nbob@ex.test\nRemote Server returned '451 4.7.500 Server busy'\n\nOriginal message headers:\n\n${ORIGINAL}`,
    },
    ['ann@ex.test 550 5.1.10', 'bob@ex.test 451 4.7.500'],
  ],
  [
    'a server that speaks Italian',
    {
      subject: 'Non recapitabile: ottobre',
      body: `Recapito non riuscito per i seguenti destinatari:\n\nann@ex.test\n\nRemote Server returned '550 5.1.10 not found'\n`,
    },
    ['ann@ex.test 550 5.1.10'],
  ],
  [
    'a server that speaks Portuguese',
    {
      subject: 'Não é possível entregar: outubro',
      body: `A mensagem não chegou a estes destinatários:\n\nann@ex.test\n\nRemote Server returned '550 5.1.10 not found'\n`,
    },
    ['ann@ex.test 550 5.1.10'],
  ],
  [
    'a server that speaks Danish',
    {
      subject: 'Kan ikke leveres: oktober',
      body: `Leveringen mislykkedes til disse modtagere:\n\nann@ex.test\n\nRemote Server returned '550 5.1.10 not found'\n`,
    },
    ['ann@ex.test 550 5.1.10'],
  ],
  [
    'a server that speaks Swedish',
    {
      subject: 'Olevererbart: oktober',
      body: `Det gick inte att leverera till följande mottagare:\n\nann@ex.test\n\nRemote Server returned '550 5.1.10 not found'\n`,
    },
    ['ann@ex.test 550 5.1.10'],
  ],
  [
    'a server that speaks Polish',
    {
      subject: 'Nie dostarczono: październik',
      body: `Dostarczenie do tych adresatów nie powiodło się:\n\nann@ex.test\n\nRemote Server returned '550 5.1.10 not found'\n`,
    },
    ['ann@ex.test 550 5.1.10'],
  ],
  [
    'a server that speaks Hungarian',
    {
      subject: 'Kézbesíthetetlen levél',
      body: `A levelet nem sikerült kézbesíteni:\n\nann@ex.test\n\nRemote Server returned '550 5.1.10 not found'\n`,
    },
    ['ann@ex.test 550 5.1.10'],
  ],
  [
    'a server that speaks Romanian',
    {
      subject: 'Mesaj nelivrat',
      body: `Mesajul nu a putut fi livrat:\n\nann@ex.test\n\nRemote Server returned '550 5.1.10 not found'\n`,
    },
    ['ann@ex.test 550 5.1.10'],
  ],
  [
    'a language that is not known, from a daemon, without a return path and with a reply',
    {
      subject: 'Αδυναμία παράδοσης',
      headers: ['Return-Path: <>'],
      body: `Το μήνυμα δεν παραδόθηκε:\n\n<ann@ex.test>: 550 5.1.1 άγνωστος χρήστης\n`,
    },
    ['ann@ex.test 550 5.1.1'],
  ],
  [
    'Exchange 2003, which says when in numbers',
    {
      subject: 'Delivery Status Notification (Failure)',
      body: `Your message did not reach some or all of the intended recipients.\n\nThe following recipient(s) could not be reached:\n\n      ann@ex.test on 10/1/2026 10:00 AM\n            There is no such account in this organization.\n            <mx.ex.test #5.1.1>\n`,
    },
    ['ann@ex.test - 5.1.1'],
  ],
  [
    'USA.NET, which only says that the mail was returned',
    {
      from: 'MAILER-DAEMON@ex.test',
      subject: 'Processing Error',
      body: `Intended recipient: ann@ex.test\n\nThe following mail has been returned because it encountered an error\nwhile being processed.\n\n--------RETURNED MAIL FOLLOWS--------\n\n${ORIGINAL}`,
    },
    ['ann@ex.test - -'],
  ],
  [
    'Mail.ru, whose report says that it answers by itself',
    {
      subject: 'Ваше сообщение не доставлено. Mail failure.',
      headers: ['Auto-Submitted: auto-replied'],
      body: `Ваше письмо не может быть доставлено:\n\n  Message was not accepted -- invalid mailbox.\n Local mailbox ann@ex.test is unavailable: user not found\n\n**********************\n`,
    },
    ['ann@ex.test - -'],
  ],
  [
    'EarthLink, which names the mailbox behind an address last',
    {
      subject: 'failure notice',
      body: `Sorry, unable to deliver your message to ann@ex.test for\nthe following reason:\n\n 552 Quota violation for box@ex.test\n\nA copy of the original message below this line:\n\n${ORIGINAL}`,
    },
    ['ann@ex.test 552 -'],
  ],
  [
    'a server that names its own user, and says to which address it was sent',
    {
      subject: 'Delivery failure',
      body: `Your message has encountered delivery problems\nto local user ann.\n(Originally addressed to ann@ex.test)\n\nUser not known\n\nYour message reads (in part):\n`,
    },
    ['ann@ex.test - -'],
  ],
  [
    'a gateway that leaves out its own name and speaks French, in a report without fields',
    {
      from: '',
      subject: 'Utilisateur non recensé',
      headers: ['Content-Type: multipart/report; report-type=delivery-status; boundary=b'],
      body: `--b\nContent-Type: text/plain\n\nA message could not be delivered to:\nann@ex.test\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.ex.test\n\n--b--\n`,
    },
    ['ann@ex.test - -'],
  ],
  [
    'Yahoo, which calls plain text HTML',
    {
      from: 'MAILER-DAEMON@yahoo.test',
      headers: ['Content-Type: text/html; charset="utf-8"'],
      body: `I'm afraid I wasn't able to deliver the following message.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\nSubject: October, with all that happened in the shop, and what you may look forward to in November\nTo: ann@ex.test\n\n---Below this line is a copy of the message.\n`,
    },
    ['ann@ex.test - -'],
  ],
  [
    'Exchange, in HTML alone',
    {
      from: 'Microsoft Outlook <postmaster@ex.test>',
      subject: 'Undeliverable: October',
      headers: ['Content-Type: text/html; charset=utf-8', 'Content-Transfer-Encoding: base64'],
      body: btoa(
        `<html><head><style>p { color: red }</style><title>Oops</title></head><body><p>Your message to <a href="mailto:ann@ex.test">ann@ex.test</a> couldn&#39;t be&nbsp;delivered.</p><table><tr><td>Remote server returned &quot;550 5.1.10 &lt;ann@ex.test&gt; not\nfound&quot;</td></tr></table><script>"x@y.test"</script></body></html>`,
      ),
    },
    ['ann@ex.test 550 5.1.10'],
  ],
];

describe('a notice of', () => {
  test.each(notices)('%s', async (_title, notice, failed) => {
    const items = await itemsOf(written(notice));
    expect(items.map((item) => (item.type === 'event' ? short(item.event) : JSON.stringify(item)))).toEqual(
      failed,
    );
    for (const item of items)
      if (item.type === 'event')
        expect(item.event).toMatchObject({
          meaning: { kind: 'bounce' },
          providerType: 'failed',
          proven: false,
        });
  });
});

test('what Exim says of the command stays with the reply: before RCPT nobody was named', async () => {
  const body = `A message that you sent could not be delivered to one or more of its recipients.\n\n  ann@ex.test\n    host mx.ex.test [192.0.2.20]\n    SMTP error from remote mail server after MAIL FROM:<news@sender.test> SIZE=1543:\n    550 User unknown\n`;
  const [item] = await itemsOf(
    `From: Mail Delivery System <Mailer-Daemon@sender.test>\nSubject: Mail delivery failed\n\n${body}`,
  );
  expect(item).toMatchObject({
    event: {
      recipient: 'ann@ex.test',
      reply: { text: expect.stringMatching(/^after MAIL FROM:.* 550 User unknown$/s) },
    },
  });
});

test('a report is completed by the command that only Exim’s notice names', async () => {
  const report = [
    'From: Mail Delivery System <mailer-daemon@sender.test>',
    'Subject: Mail delivery failed: returning message to sender',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'The following address(es) failed:',
    '',
    '  ann@ex.test',
    '    host mx.ex.test [192.0.2.20]',
    '    SMTP error from remote mail server after EHLO mail.sender.test:',
    '    550 No such user',
    '',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mail.sender.test',
    '',
    'Action: failed',
    'Final-Recipient: rfc822;ann@ex.test',
    'Status: 5.0.0',
    'Diagnostic-Code: smtp; 550 No such user',
    '',
    '--b--',
  ].join('\n');
  const [item] = await itemsOf(report);
  expect(item).toMatchObject({ event: { reply: { code: '550', text: 'after EHLO: 550 No such user' } } });
  const [alone] = await itemsOf(report.replace(/SMTP error.*/, 'The reply was:'));
  expect(alone).toMatchObject({ event: { reply: { text: '550 No such user' } } });
});
