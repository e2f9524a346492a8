import type { Page } from '../page.ts';

export const page: Page = {
  example: '421 4.4.2 mx.example.com Error: timeout exceeded',
  meaning:
    'The connection was there and then broke or fell silent: a time-out, a reset, a close without QUIT. Both sides use the code, a receiver tired of waiting and a sender that lost its partner. What matters is the command at which it happened, above all whether the final dot was out already.',
  playsOut: [
    'The TCP connection opens, and the dialogue runs up to some command.',
    'One side stops: Postfix closes with timeout exceeded after smtpd_timeout (300 seconds, 10 under stress), Gmail with 451 4.4.2 Timeout.',
    'As a client, Postfix logs lost connection with the host or conversation timed out, and names the step.',
    'The message is tried again, at the next MX host if there is one.',
    'If the break came after the final dot, the receiver may hold the message already, and the retry makes a second copy.',
    'Attempts count for nothing; a failure report with 4.4.2 is a strike, and it takes six such days to pause an address.',
  ],
  softOrHard:
    'Soft. A broken line is a fact about two hosts and the network between them; often the address was not even named yet. The same message normally passes next time. If it never does, suspect its size or the path rather than the mailbox.',
  causes: [
    'TLS that one side breaks off: Exchange says Connection dropped due to SocketError, for instance to a client that knows nothing above TLS 1.1.',
    'A receiver that scans while you wait: its reply to the final dot comes later than your limit (smtp_data_done_timeout, 600 seconds in Postfix).',
    'A path that loses large packets, such as a tunnel with a wrong MTU: small messages pass, big ones stall in the body.',
    'A firewall that meddles with SMTP, such as the ESMTP inspection of Cisco, and breaks STARTTLS or the end of data.',
    'A client that opens a session and then lets it idle, in a connection pool or while it waits for a database.',
    'A receiver under load, or one that drops unwelcome clients without a word.',
  ],
  fixes: [
    'Find the step at which it broke. The log names it (greeting, STARTTLS, RCPT TO, message body, end of data), and each has its own cause.',
    'At STARTTLS: repeat the handshake with openssl s_client -starttls smtp, and allow TLS 1.2 and 1.3.',
    'In the body: send a small test; if it passes, lower the MTU or stop filtering ICMP.',
    'At the end of data: wait ten minutes for the reply (RFC 5321 4.5.3.2.6), and ask the receiver about duplicates before sending again by hand.',
    'In your own client: send QUIT when idle, and do not reuse a connection that has rested for minutes.',
    'Behind a Cisco firewall: switch inspect esmtp off, or set smtp_pix_workarounds in Postfix.',
  ],
  questions: [
    {
      q: 'Was the message delivered or not?',
      a: 'If it broke before the final dot, no. After the dot and without a reply nobody knows, and the sender must try again at the risk of a duplicate.',
    },
    {
      q: 'Why do recipients get it twice?',
      a: 'The receiver took the message, and its 250 never reached your server. RFC 1047 describes it. The cure is a receiver that answers the final dot fast.',
    },
    {
      q: 'Is 421 4.4.2 a block in disguise?',
      a: 'Mostly it is a time-out. A server that breaks off right after EHLO or RCPT TO, every time, may refuse your IP without saying so.',
    },
    {
      q: 'Which time limits can I raise?',
      a: 'In Postfix smtp_helo_timeout, smtp_data_xfer_timeout and smtp_data_done_timeout; in the smtp transport of Exim command_timeout, data_timeout and final_timeout.',
    },
  ],
  related: ['4.4.1', '421', '451', '4.4.7', '4.7.0', '4.3.2'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc3463#section-3.5',
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.2',
    'https://www.rfc-editor.org/rfc/rfc1047',
    'https://www.postfix.org/postconf.5.html#smtpd_timeout',
  ],
};
