import type { Page } from '../page.ts';

export const page: Page = {
  example:
    '535 5.7.8 Username and Password not accepted. For more information, go to https://support.google.com/mail/?p=BadCredentials',
  meaning:
    'The login was refused: user name, password or token do not fit, or the account may not log in this way. It is about your own account at your own relay or submission server. Until it is solved no message leaves through that relay, whoever the recipients are.',
  playsOut: [
    'The client connects to port 587 or 465, starts TLS and reads the AUTH line in the answer to EHLO.',
    'It sends AUTH PLAIN, LOGIN or XOAUTH2 with the credentials in base64.',
    'The server answers 535 5.7.8, often after a pause that slows down guessing.',
    'As a client, Postfix keeps the mail and logs dsn=4.7.8 (smtp_sasl_auth_soft_bounce = yes by default). A library raises an error, and the message is lost unless the application keeps it.',
    'Reported as a failure, it is a note of high severity: the recipients are innocent, and the whole stream stands still.',
  ],
  softOrHard:
    'Hard. The same credentials fail again, and many attempts may lock the account or get the IP banned by fail2ban. No recipient was named yet, so no address is any worse for it: mail goes on when the login works.',
  causes: [
    'A password that was changed, expired or mistyped, or a secret that did not reach the new deployment.',
    'Gmail and Workspace: the ordinary account password, where an app password or OAuth is needed.',
    'A secret mangled on the way: a # in an .env file, a line break at its end, a missing NUL in the PLAIN string (RFC 4616).',
    'The wrong user name: some servers want the whole address, SendGrid the word apikey, Amazon SES its own SMTP credentials and not the AWS keys.',
    'Your own Dovecot: a mechanism that needs the plain password, such as CRAM-MD5, over stored hashes.',
    'An account that was locked or disabled, perhaps after too many failures.',
  ],
  fixes: [
    'Test the same credentials by hand: swaks --server smtp.example.com:587 --tls --auth PLAIN, or doveadm auth test on your own Dovecot.',
    'Stop the sender meanwhile, so that its retries do not lock the account.',
    'Issue a new app password, SMTP key or token, and put it where the sender reads it; in Postfix run postmap on the file of smtp_sasl_password_maps.',
    'Decode the base64 that really goes out and compare it, byte by byte, with the secret.',
    'On your own server set auth_verbose = yes: the Dovecot log tells an unknown user from a wrong password, the reply does not.',
    'When the login works, run postqueue -f, and let applications send again what they dropped.',
  ],
  questions: [
    {
      q: 'Why does Postfix print UGFzc3dvcmQ6 after it?',
      a: 'That is base64 for Password: and the last prompt of AUTH LOGIN. It tells nothing about the fault.',
    },
    {
      q: 'What are 5.7.3, 5.7.9 and 5.7.139 then?',
      a: 'Exchange says 535 5.7.3 for a failed login, and 5.7.139 where SMTP AUTH is switched off for the tenant or mailbox. The 534 5.7.9 of Gmail asks for an app password.',
    },
    {
      q: 'Is any recipient suppressed for it?',
      a: 'No. The dialogue ended before MAIL FROM, so no address was judged.',
    },
    {
      q: 'Exim sends 535 without a detail. Is it the same?',
      a: 'Yes. Incorrect authentication data is how Exim words it, and it is handled as the same refused login.',
    },
  ],
  related: ['535', '534', '530', '454', '5.7.9', '5.7.3', '5.7.11', '5.7.0'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc4954#section-6',
    'https://www.rfc-editor.org/rfc/rfc4616',
    'https://www.postfix.org/SASL_README.html',
    'https://support.google.com/mail/answer/185833',
  ],
};
