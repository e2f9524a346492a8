import type { Page } from '../page.ts';

export const page: Page = {
  example:
    '550 5.7.25 The IP address sending this message does not have a PTR record setup, or the corresponding forward DNS entry does not point to the sending IP.',
  meaning:
    'The sending IP failed the reverse DNS check: it has no PTR record, or the name in it does not resolve to the same IP. RFC 7372 made the code for this one check, and Gmail is where you will meet it. Neither the message nor the recipient plays a part.',
  playsOut: [
    'The receiver takes the IP that connects, looks up its PTR record, and then the A or AAAA record of the name it finds.',
    'If there is no name, or it leads to another IP, forward-confirmed reverse DNS has failed.',
    'Gmail answers 550 5.7.25 at the end of DATA; its softer form for senders is 421 4.7.23.',
    'Every message from that IP fails alike, to whichever mailbox there.',
    'Mailstop records dns-ptr with high severity and suppresses nobody.',
  ],
  softOrHard:
    'Hard. The reply stands for as long as the DNS of that IP stands, and ends with its repair. It judges the machine that connected: by way of another host the same message passes, so no address loses its good standing.',
  causes: [
    'A new server whose IP has no PTR yet, or only the generic one of the hosting company without a matching forward record.',
    'IPv6: the host prefers its IPv6 address, and only the IPv4 one has a PTR. The IP in the log tells.',
    'A move: the PTR names a host whose A record points elsewhere by now.',
    'Mail leaves by another address than you think: NAT, a second interface, a container host, a failover IP.',
    'A PTR record written into your own zone, while the reverse zone belongs to the owner of the IP range.',
  ],
  fixes: [
    'Take the sending IP from the log and have its owner, mostly the hosting company, set the PTR to the name of your mail host.',
    'Give that name an A record (AAAA for IPv6) with the same IP, and look both ways: dig -x 192.0.2.1, then dig A mail.example.com.',
    'Greet with the same name: smtp_helo_name in Postfix, helo_data in the smtp transport of Exim.',
    'Pin the outgoing address: smtp_bind_address and smtp_bind_address6 in Postfix, interface in the smtp transport of Exim.',
    'Without a PTR for IPv6, send by IPv4 alone: -o inet_protocols=ipv4 at the smtp service in master.cf of Postfix, disable_ipv6 = true in Exim (which also stops it receiving by IPv6).',
    'Wait until the TTL of the old record is over, and send one test before you start the queue.',
  ],
  questions: [
    {
      q: 'Must the PTR match my From domain?',
      a: 'No. It must name the sending host and lead back to its IP. Any domain will do, though a name under your own makes a better impression.',
    },
    {
      q: 'I send through a provider. Can I set it?',
      a: 'Not for shared IPs: report it to the provider, who owns them. For a dedicated IP there is mostly a setting.',
    },
    {
      q: 'Why do other receivers take my mail?',
      a: 'Each has rules of its own. Postfix with reject_unknown_client_hostname would refuse the same host with 450 4.7.25, in old versions 4.7.1.',
    },
    {
      q: 'Will a generic name do, such as 192-0-2-1.example.net?',
      a: 'For this check yes, if it leads back to the IP. Some receivers take such names for home connections and refuse them on other grounds.',
    },
  ],
  related: ['4.7.25', '4.7.23', '5.7.1', '4.7.1', '5.7.26', '550'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc7372#section-3.3',
    'https://support.google.com/a/answer/81126',
    'https://support.google.com/a/answer/3726730',
    'https://www.postfix.org/postconf.5.html#smtp_bind_address6',
  ],
};
