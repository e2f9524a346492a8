import type { Page } from '../page.ts';

export const page: Page = {
  example: '459 <example.com>: service unavailable',
  meaning:
    'ETRN was refused: this server does not start the queue of that domain for you. Either the domain is none that it keeps mail for, or your address may not ask. It is about the right to fetch mail, and has no meaning for mail that you send.',
  playsOut: [
    'Your server, or fetchmail in ETRN mode, asks a backup MX to release the mail of a domain.',
    'Postfix looks into fast_flush_domains and smtpd_etrn_restrictions, finds no match, and logs reject: ETRN.',
    'The 459 comes, the session stays open, and further commands are allowed.',
    'Asking again changes nothing until the operator of the backup adds the domain or your network.',
    'Were it to appear in a bounce, the bare code makes a note in Mailstop. With the words of Postfix, service unavailable, it is read as an outage: a strike of its day.',
  ],
  softOrHard:
    'Soft. By its first digit it may be tried later, although a person has to change a setting first. It speaks of the one who asks, not of a mailbox.',
  causes: [
    'The domain is not in fast_flush_domains of the backup, which by default follows relay_domains.',
    'The backup’s smtpd_etrn_restrictions allow only known networks, and you connect from a new address.',
    'A misspelt domain after ETRN, or a host name where the mail domain was meant.',
    'An empty fast_flush_domains: Postfix then refuses ETRN for all.',
  ],
  fixes: [
    'Name the mail domain, as it stands behind the @ of your addresses, and not the host name of your server.',
    'Have the operator of the backup add it to relay_domains and reload Postfix, or run postqueue -s for you.',
    'If your address is dynamic, ask for ATRN with a login, or for a VPN address that smtpd_etrn_restrictions may permit.',
    'Take the ETRN job out of cron if the backup retries often enough by itself.',
  ],
  questions: [
    {
      q: 'Do I still get my waiting mail?',
      a: 'Yes, if it is there: a queue run of the backup delivers it once your MX answers. A refused ETRN deletes nothing.',
    },
    {
      q: 'Why is this not a 550?',
      a: 'RFC 1985 gave ETRN its own pair, 458 and 459. A comment in the source of Postfix says that it follows the RFC here against its usual codes.',
    },
    {
      q: 'Can an attacker misuse ETRN?',
      a: 'Hardly. Mail goes only to the MX of the domain. Repeated requests cost the server work, which is the reason for restrictions.',
    },
  ],
  related: ['251', '253', '450', '453', '458', '530', '550'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc1985',
    'https://www.postfix.org/postconf.5.html#fast_flush_domains',
    'https://www.postfix.org/postconf.5.html#smtpd_etrn_restrictions',
  ],
};
