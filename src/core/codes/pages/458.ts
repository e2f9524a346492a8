import type { Page } from '../page.ts';

export const page: Page = {
  example: '458 Unable to queue messages',
  meaning:
    'ETRN failed: the server did not start its queue for the domain you named. The mail that waits there is not lost, since the server’s own retries go on. Senders of mail never meet this code; it belongs to sites that fetch from a backup MX.',
  playsOut: [
    'A site comes online and sends ETRN with its domain to the backup MX.',
    'Postfix hands the name to its flush daemon; Exim runs smtp_etrn_command, or a queue run for it.',
    'That step fails or is busy already, and 458 is the answer.',
    'The waiting messages go out with the next scheduled queue run instead.',
    'Mailstop would note it as a protocol matter if a bounce carried it, with no effect on any address.',
  ],
  softOrHard:
    'Soft. The start of the queue was missed once and can be asked for again. Nothing is known about single recipients, and no message was turned away.',
  causes: [
    'Exim with smtp_etrn_serialize: a run for the same argument is going on, and it says Already processing.',
    'The flush service of Postfix is not running, or was removed from master.cf.',
    'Postscreen handles the session: it answers every ETRN with 458 and never starts a queue.',
    'The server could not fork, or its queue directory is not readable.',
  ],
  fixes: [
    'Wait for a quarter of an hour and send ETRN again; if an earlier run blocked it, that run is over by then.',
    'On Postfix look for the flush line in master.cf, and for unable to talk to fast flush service in the log.',
    'If postscreen stands in front, reconnect once it has learnt your address, or send ETRN to another port.',
    'On the backup itself, postqueue -s example.com starts the same delivery without SMTP.',
    'In Exim run exim -R example.com by hand to see why the queue run fails.',
  ],
  questions: [
    {
      q: 'Is the mail on the backup MX lost?',
      a: 'No. It stays until its lifetime ends, five days in Postfix by default. ETRN only brings the next attempt forward.',
    },
    {
      q: 'Should a suppression list react to it?',
      a: 'No. The reply names a domain of the one who asks. It tells nothing about people that mail was sent to.',
    },
    {
      q: 'How does 458 differ from 459?',
      a: '458: the server would, but cannot. 459: it will not, for this name or for this client.',
    },
  ],
  related: ['250', '251', '253', '453', '459', '500', '501'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc1985',
    'https://www.postfix.org/ETRN_README.html',
    'https://www.postfix.org/flush.8.html',
    'https://www.exim.org/exim-html-current/doc/html/spec_html/ch-smtp_processing.html',
  ],
};
