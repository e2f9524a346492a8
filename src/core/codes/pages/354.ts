import type { Page } from '../page.ts';

export const page: Page = {
  example: '354 End data with <CR><LF>.<CR><LF>',
  meaning:
    'DATA was accepted: now send the message, and end it with a line that holds one dot. Nothing is delivered yet. The verdict on the content comes after that dot, so a session that breaks between 354 and the next reply has no outcome.',
  playsOut: [
    'RCPT TO was accepted for at least one recipient, and the client sends DATA.',
    'Postfix says End data with a dot, Exim says Enter message, Gmail and qmail say go ahead.',
    'The client sends headers and body, and doubles each dot at the start of a line.',
    'The dot line ends it. Filters run now, and the client waits up to ten minutes for 250, 4xx or 5xx.',
    'If the line breaks in that wait, the client tries again, and the receiver may get the message twice.',
    'Mailstop sees the reply to the dot, or a timeout as a network error; the 354 itself is never a result.',
  ],
  softOrHard:
    'Neither. It is an invitation to send the body. A message that stops here failed for want of a reply, and such a break counts as a network fault, which may pass.',
  causes: [
    'The normal answer to DATA, once for each message.',
    'A library that shows 354 as the last reply: it lost the connection, or timed out, while sending or after the dot.',
    'A firewall that drops large packets (path MTU): short commands pass, the body hangs.',
    'A missing final dot, or lines that end in LF alone, so that the receiver goes on waiting.',
  ],
  fixes: [
    'End the message with CRLF, a dot and CRLF, and use CRLF for each line; since SMTP smuggling receivers no longer accept bare LF around that dot as the end.',
    'Wait ten minutes after the dot before you give up: smtp_data_done_timeout in Postfix has 600 seconds for that.',
    'If only large mail hangs, lower the MTU or allow ICMP fragmentation-needed through the firewall.',
    'Double leading dots (RFC 5321, section 4.5.2), or text after a lone dot is read as commands.',
    'Read the reply to the dot before the next MAIL FROM, unless EHLO offered PIPELINING.',
  ],
  questions: [
    {
      q: 'Was my message delivered if 354 is the last line?',
      a: 'Unknown. The receiver may have taken it after the line broke. Postfix says then that the message may be sent more than once.',
    },
    {
      q: 'Why is there no 354 in the log of a good delivery?',
      a: 'The client used BDAT (CHUNKING, RFC 3030). It sends the length along and needs neither an invitation nor a final dot.',
    },
    {
      q: 'Can the receiver still refuse after 354?',
      a: 'Yes, and it is common: spam, virus and DMARC refusals come as 550 or 554 after the dot, since the content is known only then.',
    },
  ],
  related: ['250', '355', '421', '451', '503', '554'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.1.1.4',
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.5.2',
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.2',
    'https://www.rfc-editor.org/rfc/rfc1047',
    'https://www.postfix.org/smtp-smuggling.html',
  ],
};
