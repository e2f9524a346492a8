import type { Page } from '../page.ts';

export const page: Page = {
  example: '214 2.0.0 End of HELP info',
  meaning:
    'Text for a human who sent HELP: the commands of the server, or a link to its manual. It has no bearing on any message. What it lists is no promise either, since only the answer to EHLO tells which extensions this session may use.',
  playsOut: [
    'The client sends HELP, alone or with the name of a command.',
    'Sendmail prints its help file, each line as 214-2.0.0. Exim lists the commands it has. Gmail answers with one link.',
    'A client that knows 214 only as one line takes the second line for the answer to its next command.',
    'From there each reply is read one command too late, until the session breaks.',
    'No delivery report comes of it, and no entry of the suppression list is made or lifted.',
  ],
  softOrHard:
    'Neither. The reply explains commands. It is given outside of any judgement on a sender, a recipient or a body, and the address keeps the state it had.',
  causes: [
    'HELP typed by an engineer to see which software answers.',
    'A scanner that reads the help text to guess the product and its version.',
    'A script that sends HELP where NOOP is meant to keep a session alive.',
  ],
  fixes: [
    'Use EHLO, not HELP, to learn what the receiver supports: SIZE, STARTTLS, AUTH and SMTPUTF8 stand there and are binding.',
    'Read lines until one has a space after the three digits; a hyphen means that more follow.',
    'Send NOOP or RSET where a session must be kept alive or cleaned.',
    'On Sendmail, take the HelpFile option out of sendmail.cf if scanners learn too much; HELP then gets 502 5.3.0.',
  ],
  questions: [
    {
      q: 'Does 214 mean that the server accepts my mail?',
      a: 'No. HELP is answered to anybody, also to clients that will be refused at MAIL FROM or RCPT TO.',
    },
    {
      q: 'Why does this server answer HELP with 502?',
      a: 'HELP is recommended, not required. Some servers leave it out to give scanners less to read. Mail flows as before.',
    },
    {
      q: 'May I parse the list of commands?',
      a: 'Better not. Its wording is free in each product. The keyword list of EHLO has a fixed form in RFC 5321, section 4.1.1.1.',
    },
  ],
  related: ['211', '250', '252', '500', '502', '504'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.1.1.8',
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1',
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.1.1.1',
  ],
};
