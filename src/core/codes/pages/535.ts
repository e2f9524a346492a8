import type { Page } from '../page.ts';

export const page: Page = {
  example: '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.',
  meaning:
    'AUTH was tried and turned down. A wrong password is the usual reason, but the same number stands for accounts that may not log in by SMTP at all, and for a pause after too many attempts. It blocks your way out, not a way into one mailbox.',
  playsOut: [
    'After EHLO and TLS your server sends AUTH; the relay checks it against its own user database.',
    'It refuses: Exim with Incorrect authentication data, Exchange with 5.7.3 or 5.7.139, Yahoo with #AUTH005 after many failures.',
    'Postfix as the client holds the mail, as smtp_sasl_auth_soft_bounce is on by default; other senders drop or bounce it.',
    'Meanwhile the queue grows and each retry is one more failed login, until the relay bans the IP.',
    'Mailstop marks the failures with high severity as notes, for it is your outage. Not one recipient is judged by them.',
  ],
  softOrHard:
    'Hard. As it stands the login will go on failing, and a correct secret ends that at once. The addresses behind the lost messages were not even announced to the relay.',
  causes: [
    'A secret that was rotated in one place and not in the other.',
    'Exchange Online with SMTP AUTH off: for the Tenant or the Mailbox, as 5.7.139 tells, or by security defaults.',
    'Yahoo, AOL and iCloud accounts used with the normal password; all three want one made for the app.',
    'Amazon SES with the keys of IAM in place of SMTP credentials, or with those of another region.',
    'Encoding: a UTF-8 password where the client sends Latin-1, or a shell that ate a dollar sign.',
    'A user name in the wrong form: without the domain, or with a domain that the server adds itself.',
  ],
  fixes: [
    'Pause the stream first, then log in once by hand with swaks and the same secret: it separates a bad secret from a bad client.',
    'For 5.7.139 run Set-CASMailbox with SmtpClientAuthenticationDisabled set to false for that mailbox, and look at security defaults in Entra.',
    'Plan to leave passwords at Microsoft: it is retiring them for SMTP AUTH. OAuth, a relay connector or the Graph API remain.',
    'Create a new SMTP credential at SES, SendGrid or Mailgun instead of searching for the old one.',
    'On your own Exim look at server_condition of the authenticator, and run exim with -d+auth for one test login.',
    'After too many attempts stay silent for the time of the ban, often an hour, before the next test.',
  ],
  questions: [
    {
      q: 'The password works in webmail. Why not here?',
      a: 'Webmail can ask for a second factor, SMTP cannot. Such accounts need an app password or OAuth, or SMTP login has been switched off for them.',
    },
    {
      q: 'Is it worth a retry?',
      a: 'Not with the same secret. The exception is a relay whose user database was down and which says 535 where 454 is due; then it passes after minutes.',
    },
    {
      q: 'Why does my own server log 535 for strangers?',
      a: 'Those are bots that guess passwords. Let fail2ban watch the log, and take AUTH off port 25. It has nothing to do with your sending.',
    },
    {
      q: 'Why are messages missing though Mailstop blocks nobody?',
      a: 'They failed before any recipient was named. Look into the queue or the retry table of the application, and send them again.',
    },
  ],
  related: ['534', '530', '454', '525', '5.7.8', '5.7.3', '5.7.139', '235'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc4954#section-4',
    'https://learn.microsoft.com/en-us/exchange/clients-and-mobile-in-exchange-online/authenticated-client-smtp-submission',
    'https://docs.aws.amazon.com/ses/latest/dg/smtp-credentials.html',
    'https://www.postfix.org/postconf.5.html#smtp_sasl_auth_soft_bounce',
  ],
};
