import type { Page } from '../page.ts';

export const page: Page = {
  example: '552 5.7.0 This message was blocked because its content presents a potential security issue',
  meaning:
    'Refused for security, with the reason left to the words. Three families share the code: content that a gateway will not carry, a session that must use TLS or log in first, and rules about who may connect or relay. None of them is about whether the mailbox exists.',
  playsOut: [
    'Before MAIL FROM: 530 5.7.0 Must issue a STARTTLS command first, or Authentication required, when a submission server wants more from the client.',
    'At the end of DATA: Gmail answers 552 5.7.0 to a file type it does not take, amavis 554 5.7.0 Reject with an id.',
    'The sending server gives up and reports it; the message reached nobody.',
    'Mailstop reads the words, as content, virus, login or TLS, relaying or a bare policy. Each is a note, with a severity of its own.',
    'The next message to that address goes out as usual.',
  ],
  softOrHard:
    'Hard. This message in this session is refused however often it comes. Another attachment, TLS or a login changes the answer at once, and that is why no address is held to account for it.',
  causes: [
    'Gmail: an executable, a script, a document with dangerous macros or an archive that hides one among the attachments.',
    'Port 587 without STARTTLS: Gmail asks for it, and so does Postfix with smtpd_tls_security_level = encrypt.',
    'No login on a relay that serves its own users only: 530 5.7.0 Authentication required.',
    'The filter amavis, for spam, a virus or a banned file name: 554 5.7.0 Reject and an id.',
    'The SMTP relay of Google Workspace: Mail relay denied, since the IP or the sender’s domain is not registered there.',
    'Postfix with smtpd_delay_reject = no: 503 5.7.0 access denied, for commands after a refused connect or HELO.',
    'Sendmail: 535 5.7.0 authentication failed, where most others say 5.7.8.',
  ],
  fixes: [
    'Read the words after the code first: content, login, TLS and access each have another cure.',
    'Content: send a link in place of the file. Renaming or zipping a program does not get it past Gmail.',
    'TLS and login: use port 587 with STARTTLS or port 465, and send AUTH before MAIL FROM (smtp_tls_security_level = encrypt and smtp_sasl_auth_enable = yes in Postfix).',
    'Google relay: add the public IP of your server to the SMTP relay service in the admin console, and send from a domain of the account.',
    'An id of amavis: give it to the postmaster there, whose log tells the rule behind it.',
  ],
  questions: [
    {
      q: 'Does 5.7.0 mean that my IP is blocked?',
      a: 'Rarely. Blocks mostly carry 5.7.1 or a number of the provider. See whether other messages to the same receiver pass.',
    },
    {
      q: 'What is the difference from 5.7.1?',
      a: 'On paper 5.7.1 is a missing authorisation to deliver, and 5.7.0 whatever else security forbids. In the wild, filters pick either.',
    },
    {
      q: 'Why is 530 5.7.0 of high severity?',
      a: 'It stops a whole stream: through that relay no message leaves until login or TLS is set right.',
    },
    {
      q: 'Which attachments does Gmail refuse?',
      a: 'Programs and scripts such as exe, bat, js or vbs, also inside archives, archives whose list of files is locked by a password, and documents with malicious macros. Google keeps a list.',
    },
  ],
  related: ['530', '552', '554', '5.7.1', '5.7.8', '5.7.11', '4.7.0'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc3463#section-3.8',
    'https://www.rfc-editor.org/rfc/rfc3207#section-4',
    'https://support.google.com/mail/answer/6590',
    'https://support.google.com/a/answer/2956491',
  ],
};
