import type { Page } from '../page.ts';

export const page: Page = {
  example: '235 2.7.0 Authentication successful',
  meaning:
    'AUTH worked: the server knows which account is sending. It is not yet a permission for any sender address, recipient or volume, since these are judged afterwards, at MAIL FROM and RCPT TO and at the end of the data.',
  playsOut: [
    'On port 587 or 465 the client sends EHLO inside TLS and picks a mechanism from the AUTH line.',
    'Credentials go over in one line, or in answer to one or several 334 prompts.',
    'Postfix and Exchange say Authentication successful, Gmail says Accepted, Dovecot says Logged in.',
    'The client goes on with MAIL FROM. AUTH may not be sent a second time in this session; that gets 503.',
    'A sender address that the account does not own is refused next: 553 5.7.1 by Postfix with reject_sender_login_mismatch, SendAsDenied after the data by Exchange Online.',
    'Mailstop hears of the message only later, by what happens to its recipients.',
  ],
  softOrHard:
    'Neither. A login is about the sending account. No recipient was named yet when the server said it, and no list entry depends on it.',
  causes: [
    'User name and password, or an OAuth token, that the server could verify.',
    'An app password at Gmail or Yahoo, where the normal password of the account is refused.',
    'A TLS client certificate with AUTH EXTERNAL.',
  ],
  fixes: [
    'Go on with MAIL FROM, and use an address that the account owns: that is the next thing to be checked.',
    'If that sender address is refused, map the address to the login in smtpd_sender_login_maps, or grant Send As in Exchange.',
    'If relaying is still denied, put permit_sasl_authenticated before the restriction that refuses (smtpd_relay_restrictions in Postfix).',
    'If a SASL security layer was negotiated, send EHLO again; what was learnt before no longer counts (RFC 4954, section 4).',
  ],
  questions: [
    {
      q: 'Login works but mail is refused. Why?',
      a: 'Because two questions are asked: who are you, and may you send this. 235 answers the first. Read the text of the refusal for the second.',
    },
    {
      q: 'Does 235 prove that my DNS records are right?',
      a: 'No. SPF, DKIM and DMARC are checked by the receiver of the message, which never sees how your client logged in.',
    },
    {
      q: 'There are 235 lines in my log that nobody here caused. What now?',
      a: 'Treat the account as stolen: change its password, end its sessions, and look into the queue for mail that it sent. Your IP address will be listed soon otherwise.',
    },
  ],
  related: ['334', '432', '454', '503', '530', '535', '553'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc4954#section-4',
    'https://www.rfc-editor.org/rfc/rfc4954#section-6',
    'https://www.postfix.org/SASL_README.html',
  ],
};
