import type { Page } from '../page.ts';

export const page: Page = {
  example: '525 5.7.13 User Account Disabled',
  meaning:
    'An account is switched off. RFC 5248 defines it for the login: the password was right, but an administrator has closed the account, and asking for the password again is useless. Reported for a recipient, it means that their mailbox is disabled.',
  playsOut: [
    'In its defined use a client sends AUTH, and the server knows the user but finds the account locked, unpaid or suspended.',
    'Dovecot’s submission service answers so for a user with the nologin field or an account marked as disabled.',
    'As a reply to AUTH the session ends there, and all mail of that sender stands still.',
    'A provider that reports the code for a recipient says something else: their account is closed, and the message cannot be delivered.',
    'Mailstop cannot see AUTH in a bare 525, so it takes the recipient’s account as disabled and suppresses; if the text says in reply to AUTH, it writes a note.',
  ],
  softOrHard:
    'Hard. A disabled account opens again only by the hand of an administrator. If it is the recipient’s, the address is dead until then. If it is your own relay account, no recipient is at fault, and what was suppressed for it should be released.',
  causes: [
    'Your own submission account was closed: an unpaid bill, an abuse report, or signs of a break-in.',
    'The nologin field in a passdb of Dovecot, set for a migration or by a control panel and never taken out.',
    'The recipient’s account was suspended by its provider or employer.',
    'Anonymous login where Dovecot does not allow it; it uses the same number.',
  ],
  fixes: [
    'Find the command that got the reply: after AUTH it is your own account, after RCPT TO the account of the recipient.',
    'For your own, sign in to the provider’s web console: the reason for the suspension and the way to lift it are shown there.',
    'If the account was broken into, change its password and revoke its keys before it goes live again.',
    'On your own Dovecot, doveadm auth test tells whether the passdb lets the user in; remove nologin where it was left behind.',
    'Release the addresses that were suppressed while your account was closed: mailstop release --code 525.',
  ],
  questions: [
    {
      q: 'Why not 535 for a closed account?',
      a: '535 makes a client ask for the password again. 525 says that the password is not the point and only the administrator can help.',
    },
    {
      q: 'Whose account is it if my provider shows no command?',
      a: 'Count. One address with 525 is a recipient. All addresses of one hour with 525 is your own account at the relay.',
    },
    {
      q: 'Is it the same as 550 5.2.1?',
      a: 'For a recipient, yes: 5.2.1 is the usual code of a disabled mailbox. 525 belongs to the login side and is seldom seen for mailboxes.',
    },
  ],
  related: ['535', '534', '530', '550', '5.2.1', '5.7.13', '5.7.8'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc5248',
    'https://www.iana.org/assignments/smtp-enhanced-status-codes/smtp-enhanced-status-codes.xhtml',
    'https://github.com/dovecot/core/blob/main/src/submission-login/client-authenticate.c',
  ],
};
