import type { Page } from '../page.ts';

export const page: Page = {
  example:
    '534 5.7.9 Application-specific password required. For more information, go to https://support.google.com/mail/?p=InvalidSecondFactor',
  meaning:
    'The login method is weaker than this account may use. By RFC 4954 that is about the SASL mechanism. Today it is mostly Gmail, which says so when an account with two-step verification logs in with its ordinary password.',
  playsOut: [
    'A program logs in to smtp.gmail.com with AUTH PLAIN or LOGIN and the account password.',
    'The password may be right. The account demands a second factor that SMTP cannot carry, hence 534 5.7.9.',
    'With 5.7.14 Gmail doubts the login itself and wants to see the owner in a web browser first.',
    'A Postfix that relays through Gmail defers and logs dsn=4.7.9 with SASL authentication failed; scripts and libraries give up at once.',
    'Mailstop keeps notes for those recipients, high in severity beside 5.7.14 and medium otherwise.',
  ],
  softOrHard:
    'Hard. A stronger credential is the only way in, and trying again makes Google more suspicious. The recipients wait unharmed: it is one sender’s account, whoever the mail was for.',
  causes: [
    'Two-step verification was switched on for the Google account, and a program still holds the old password.',
    'An app password that vanished: Google revokes them all when the account password is changed.',
    'A login from a new country or data centre that Google holds back: 534 5.7.14 with a link to sign in.',
    'A Workspace whose administrator ended password logins, so that OAuth remains.',
    'A server that accepts SCRAM or GSSAPI only, asked for PLAIN or CRAM-MD5.',
  ],
  fixes: [
    'Create an app password in the Google account, under security and two-step verification, and give it to the program instead of the old one.',
    'For a service that sends for many users, go over to XOAUTH2 or to the SMTP relay of Workspace, which admits your IP address.',
    'For 5.7.14, open the link of the reply in a browser, signed in to that account, and confirm the login.',
    'In Postfix write the new secret into the file of smtp_sasl_password_maps, run postmap on it, and flush with postqueue -f.',
    'With another server, compare the mechanisms after EHLO with those of your client, and take the strongest that both have.',
  ],
  questions: [
    {
      q: 'Does an app password need its blanks?',
      a: 'No. Google shows sixteen letters in four groups for reading. Store them without blanks.',
    },
    {
      q: 'There is no app password page in my account. Why?',
      a: 'It appears only after two-step verification is on. It is missing too where security keys alone are used, in Advanced Protection, or where the administrator closed it.',
    },
    {
      q: 'Why 534 today and 535 yesterday?',
      a: 'Google says 535 5.7.8 for a password that it does not accept, and 534 where the password alone will not do. A change of settings moves you from one to the other.',
    },
  ],
  related: ['535', '530', '538', '432', '5.7.9', '5.7.14', '5.7.8'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc4954#section-6',
    'https://support.google.com/mail/?p=InvalidSecondFactor',
    'https://support.google.com/accounts/answer/185833',
    'https://support.google.com/a/answer/3726730',
  ],
};
