import type { Page } from '../page.ts';

export const page: Page = {
  example: '501 5.1.3 Bad recipient address syntax',
  meaning:
    'What stands in RCPT TO is no address by the grammar of RFC 5321: a space, a missing @, two dots in a row, a name or a comma inside the brackets. No lookup took place. The receiver does not judge a mailbox, it cannot even read one.',
  playsOut: [
    'The client sends RCPT TO with a string taken from a form, a spreadsheet or a CRM field.',
    'The parser fails. Postfix prints 501 5.1.3, Gmail 553 5.1.3 with the words not a valid RFC 5321 address.',
    'Where the submission server lets it through, Postfix bounces it later: dsn=5.1.3, relay=none, bad address syntax.',
    'Some client libraries drop all recipients when one is malformed, so good addresses of the same message go without mail.',
    'Mailstop suppresses this exact string, since no server will ever accept it; the corrected address is another entry and free.',
  ],
  softOrHard:
    'Hard. The string is wrong today and tomorrow, at every receiver. It says nothing against the person: behind a stray space or comma there is often a perfectly good mailbox.',
  causes: [
    'Leftovers of import: blanks, a tab, a semicolon, quotation marks, two addresses in one field.',
    'A dot at the start or end of the local part, or right before the @. Some Japanese phone addresses were issued that way.',
    'A display name inside the angle brackets instead of before them.',
    'Letters outside ASCII sent to a server without SMTPUTF8, or an invisible zero-width space from copy and paste.',
    'A bare IP address as the domain, without the square brackets that RFC 5321 asks for.',
    'A local part above 64 octets or a domain above 255.',
  ],
  fixes: [
    'Print the address with its bytes visible (cat -A or a hex dump): the culprit is often a blank, tab or zero-width character.',
    'Trim and validate when the address is entered, and again when a list is imported.',
    'Split fields with several addresses and send each in a RCPT TO of its own.',
    'Turn an international domain into its xn-- form before you send.',
    'Add the corrected address to your list; leave the broken string suppressed.',
  ],
  questions: [
    {
      q: 'Can I release it once the typing error is mended?',
      a: 'There is no need. The suppression is on the wrong spelling; the right one was never blocked.',
    },
    {
      q: 'Which characters are allowed before the @?',
      a: 'Letters, digits and a set of signs such as plus, hyphen, underscore and apostrophe, with single dots between. Anything else has to be quoted, and few providers accept quoted names.',
    },
    {
      q: 'Is 501 5.1.7 the same thing?',
      a: 'No. 5.1.7 is about your own address in MAIL FROM. No recipient is to blame there.',
    },
  ],
  related: ['501', '553', '5.1.1', '5.1.7', '5.5.2', '5.6.7'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc3463#section-3.2',
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2',
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1',
    'https://www.rfc-editor.org/rfc/rfc6531#section-3.3',
  ],
};
