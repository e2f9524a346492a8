import type { Page } from '../page.ts';

export const page: Page = {
  example: '421 4.4.1 Unable to connect to remote host',
  meaning:
    'No SMTP dialogue took place. The sending server resolved the domain, tried its hosts on port 25 and got no connection: no answer at all, or a refusal by the operating system there. The code is written on your own side or by your provider, since nobody on the other side said a word.',
  playsOut: [
    'Your server looks up the MX hosts and tries them in order of preference (RFC 5321 5.1), at their IPv6 and IPv4 addresses.',
    'Each TCP connection times out or is refused; Postfix waits 30 seconds for each (smtp_connect_timeout).',
    'The log says Connection timed out, Connection refused, No route to host or Network is unreachable, in Postfix with dsn=4.4.1.',
    'The message is queued, and the host is left alone for a while, so other mail for it waits without a new attempt.',
    'When the queue gives up, the report has Action: failed and Status: 4.4.1.',
    'Mailstop takes that as one strike day. At six within 90 days the address rests for seven days, after a relapse longer.',
  ],
  softOrHard:
    'Soft. A host that is down says nothing about the mailboxes on it, and mostly it comes back. A domain whose hosts stay silent is paused again and again, for 90 days at the longest, but on this code alone never for ever.',
  causes: [
    'The receiver is down, or its firewall shuts you out; dropped packets show as a time-out, a closed port as refused.',
    'Your own network blocks port 25 outbound, as cloud hosts such as Amazon EC2 and Google Cloud do by default. Then every domain fails, not one.',
    'A mistyped domain without an MX record: mail then goes to its A record, a web server where nothing listens on port 25.',
    'IPv6: the host has an AAAA record, but your route to it leads nowhere.',
    'Your own content filter: a refused connection to 127.0.0.1 port 10024 means that amavis is not running.',
  ],
  fixes: [
    'Try port 25 by hand from the sending host: nc -vz mx.example.com 25, once with -4 and once with -6.',
    'If every domain fails, ask your hosting company to open outbound port 25, or relay by port 587 through a provider (relayhost in Postfix).',
    'If one domain fails, compare dig MX with the addresses of each host, and try from another network: perhaps only your IP is shut out.',
    'If only IPv6 fails, set smtp_address_preference = ipv4 in Postfix until the route is repaired.',
    'If the host is 127.0.0.1, start the filter and run postqueue -f.',
    'Look at the spelling of the domain, and correct a typo where the address was taken down.',
  ],
  questions: [
    {
      q: 'Does the reply come from the receiver?',
      a: 'No. There was no connection to reply on. Your server or your provider wrote it into the report.',
    },
    {
      q: 'Is it my firewall or theirs?',
      a: 'Try a large receiver from the same machine. If gmail-smtp-in.l.google.com greets you on port 25 with 220, your way out is open and the trouble is at the other end.',
    },
    {
      q: 'How long should the queue hold on?',
      a: 'RFC 5321 4.5.4.1 wants at least four to five days before giving up. Hosts that are moved or repaired mostly return within that.',
    },
    {
      q: 'How is 4.4.1 different from 4.4.2?',
      a: 'Here the connection was never made. With 4.4.2 it was made, and broke in the middle.',
    },
  ],
  related: ['4.4.2', '4.4.3', '4.4.4', '4.4.7', '5.4.4', '421'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc3463#section-3.5',
    'https://www.rfc-editor.org/rfc/rfc5321#section-5.1',
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.5.4.1',
    'https://www.postfix.org/postconf.5.html#smtp_connect_timeout',
  ],
};
