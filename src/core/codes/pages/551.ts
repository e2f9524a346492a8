import type { Page } from '../page.ts';

export const page: Page = {
  example: '551 User has moved; please try <b@example.net>',
  meaning:
    'The person has no mailbox on this server any more, the server knows it, and it does not forward. It may name the new address. The code is rare today, because telling strangers where somebody went is a matter of privacy.',
  playsOut: [
    'RCPT TO is answered with 551; a new address stands in brackets if the server gives one.',
    'Sendmail prints this for aliases that end in .REDIRECT (FEATURE redirect).',
    'A client may try the new address, but hardly any does. The usual end is a bounce with the line inside.',
    'Mailstop holds the old address for dead: suppressed for ever, or for a week first if it was alive in the last 90 days.',
    'The new address is not taken over. Whether the person agreed to mail there, nobody has asked.',
  ],
  softOrHard:
    'Hard. This mailbox will not come back at this place; the person may be well and elsewhere. Words of spam or relaying beside the number make it a refusal of you, and then the address is spared.',
  causes: [
    'Somebody left a company or university, and the administrator set a redirect notice.',
    'A provider closed a domain and moved its users to another.',
    'A server that takes your recipient for a foreign one: its table of local domains lacks the domain, and it refuses to relay.',
    'Filters that borrow the number for spam refusals, mostly with 5.7.1 beside it.',
  ],
  fixes: [
    'Do not write to the new address by machine. Show it to the person who owns the relation, and let them ask.',
    'If the text speaks of relaying, log in first or send to the MX of the domain; the mailbox did not move.',
    'If all users of one domain get it, its operator forgot the domain in local_domains (Exim) or mydestination (Postfix); tell the postmaster.',
    'On your own server prefer relocated_maps of Postfix, which answers 5.1.6 with the new place, or a real forward for some months.',
    'Replace the address in the account of the customer, so that the old one is not imported again.',
  ],
  questions: [
    {
      q: 'May I follow the address in the reply?',
      a: 'The standard leaves it to the client (RFC 5321, section 3.4). For bulk mail the answer is no: consent was given for the old address.',
    },
    {
      q: 'How does 551 differ from 251?',
      a: '251 takes the message and forwards it, so you are done. 551 refuses it and leaves the next step to you.',
    },
    {
      q: 'Could it be a spam block?',
      a: 'Yes, where the words say so. Known words of that kind beat the number, and only a note is written. The bare number counts as moved; with words that nobody can read it decides nothing.',
    },
    {
      q: 'Why do I see it so seldom?',
      a: 'RFC 5321 warns that it discloses addresses and asks that sites can switch it off. Most servers say 550 and keep the new place to themselves.',
    },
  ],
  related: ['251', '550', '553', '5.1.6', '5.1.1', '5.7.1'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc5321#section-3.4',
    'https://www.rfc-editor.org/rfc/rfc5321#section-7.4',
    'https://www.postfix.org/relocated.5.html',
  ],
};
