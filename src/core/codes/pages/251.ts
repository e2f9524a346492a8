import type { Page } from '../page.ts';

export const page: Page = {
  example: '251 2.1.5 User not local; will forward to <a@example.com>',
  meaning:
    'The recipient lives elsewhere, and this server passes the message on by itself. Treat it like 250: nothing has to be changed or sent again. Servers that forward mostly keep silent about it and say 250, so a real 251 is a rare courtesy.',
  playsOut: [
    'The client sends RCPT TO, or VRFY, for a person who has moved.',
    'The answer names the new address in angle brackets, and the recipient counts as accepted.',
    'DATA follows as usual. The forwarding host opens a new connection to the new home, from its own IP address.',
    'SPF of your domain fails there, unless the forwarder rewrites MAIL FROM (SRS). A DKIM signature survives if the body is left alone.',
    'If the second host refuses, a bounce comes from a server that you never talked to, for an address that you may not have on file.',
    'Mailstop goes by what your provider reports after DATA: a delivery lifts what any delivery lifts. The bare number in a bounce is a note.',
  ],
  softOrHard:
    'Neither. The recipient was accepted. The opposite reply is 551, which names another address too but refuses to pass anything on.',
  causes: [
    'A .forward file, an alias or a contact that points outside, on a server that announces it.',
    'A person left, and the old domain forwards for a while.',
    'In reply to ETRN the same number has another sense: no messages are waiting for that node (RFC 1985).',
  ],
  fixes: [
    'Send on as after 250, and do not write to the address in the brackets by your own decision: the person did not give it to you.',
    'Sign with DKIM, aligned to the From domain: this is what still passes DMARC after a forward.',
    'Make your client accept any 2xx to RCPT TO; some libraries compare with 250 alone and count 251 as an error.',
    'Ask people who moved to change their address with you before the forward ends and turns into a 550.',
  ],
  questions: [
    {
      q: 'Should I change the address in my database to the one shown?',
      a: 'No. RFC 5321, section 3.4, does not count on clients to do so, and consent was given for the old address. Ask the person.',
    },
    {
      q: 'Why do I get SPF failures since the user forwards mail?',
      a: 'The last hop sees the IP address of the forwarder with your domain in MAIL FROM. Only the forwarder can repair that, with SRS. DKIM carries DMARC meanwhile.',
    },
    {
      q: 'Does 251 reveal private data?',
      a: 'It may: the new address is told to whoever asks. That is why most sites forward silently or answer 252 to VRFY.',
    },
  ],
  related: ['250', '252', '253', '551', '5.1.6', '2.1.5'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc5321#section-3.4',
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.2.3',
    'https://www.rfc-editor.org/rfc/rfc7208#section-10.3',
    'https://www.rfc-editor.org/rfc/rfc1985',
  ],
};
