import type { Page } from '../page.ts';

export const page: Page = {
  example:
    '550 5.7.26 Your email has been blocked because the sender is unauthenticated. Gmail requires all senders to authenticate with either SPF or DKIM.',
  meaning:
    'The receiver could not tell that the message comes from its domain. In RFC 7372 it means that more than one check has failed. Gmail says it of mail that neither SPF nor DKIM vouches for, of an SPF record whose -all excludes the IP, and of mail that the DMARC policy of the From domain tells it to reject.',
  playsOut: [
    'After DATA, Gmail checks SPF for the MAIL FROM domain, the DKIM signatures, and whether a domain that passes fits the From domain.',
    'If nothing passes, or p=reject finds no aligned pass, the final dot gets 550 5.7.26, mostly with the result of each check.',
    'Anyone who sends 5,000 messages a day to Gmail needs SPF, DKIM and DMARC. What is missing shows first as 421 4.7.26, 4.7.27 (SPF), 4.7.30 (DKIM) or 4.7.32 (alignment).',
    'Every recipient there fails alike until DNS or the signature is repaired.',
    'Mailstop notes a fault of the sender, and no address is suppressed.',
  ],
  softOrHard:
    'Hard. The message as it stands is refused today and tomorrow. A corrected record or signature lets the next one pass as soon as resolvers see it. The verdict is on the sending domain, and the recipients keep their place on your lists.',
  causes: [
    'A new service or server sends for the domain, the SPF record does not name it, and DKIM is not set up there.',
    'DKIM and Return-Path both belong to the provider: both pass, nothing aligns with your From, and your DMARC says reject.',
    'Auto-replies and bounces with an empty sender: SPF then looks at the EHLO name (RFC 7208 2.4), which has no record, and nothing signs them.',
    'Forwarding breaks SPF, and a mailing list that adds a footer or a subject tag breaks the DKIM signature.',
    'A From of a domain that is not yours, such as yahoo.com with its p=reject, on mail from your own server.',
    'A broken SPF record: two of them for one name, or more than ten DNS lookups (RFC 7208 4.6.4), which is a permerror.',
    'A DKIM key that was changed in DNS but not in the signer, or a TXT record that was cut off.',
  ],
  fixes: [
    'Read the results in the reply (DKIM, SPF with the IP) and repair one that you own: a single aligned pass satisfies DMARC.',
    'Sign with DKIM for the From domain (OpenDKIM, Rspamd, dkim_domain in Exim, or your provider), and read Show original of a test message in Gmail.',
    'Put the IP or the provider’s include into the one SPF record of the MAIL FROM domain, and give the EHLO name v=spf1 a -all.',
    'Publish DMARC, at first v=DMARC1; p=none with a rua address, and learn from its reports which sources fail before you choose reject.',
    'Ask the provider for a Return-Path under your domain, so that SPF aligns as well.',
    'As a forwarder, rewrite the envelope sender (SRS) and leave the body untouched; as a list, rewrite From.',
  ],
  questions: [
    {
      q: 'I send little. Do the rules hold for me?',
      a: 'SPF or DKIM: yes, Gmail asks it of everybody. Both of them, DMARC and one-click unsubscribe for marketing are asked of bulk senders, from about 5,000 messages a day.',
    },
    {
      q: 'SPF passes. Why 5.7.26 then?',
      a: 'DMARC wants alignment: the domain that passes must be the From domain or share its organisational domain. SPF for the bounce domain of a provider does not count.',
    },
    {
      q: 'How does it differ from 5.7.20 and 5.7.23?',
      a: 'Those name a single check, DKIM and SPF. 5.7.26 is for several, and Gmail stretches it to DMARC.',
    },
    {
      q: 'What do Microsoft and Yahoo say instead?',
      a: 'Outlook.com refuses unauthenticated bulk mail with 550 5.7.515, Microsoft 365 a DMARC failure with 550 5.7.509. Yahoo says 554 5.7.9, not accepted for policy reasons.',
    },
    {
      q: 'Does p=none end the rejections?',
      a: 'It ends those that your own DMARC policy asked for. Mail that neither SPF nor DKIM vouches for is still refused.',
    },
  ],
  related: ['5.7.25', '5.7.20', '5.7.23', '5.7.1', '5.7.509', '5.7.515', '5.7.9', '550'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc7372#section-3.4',
    'https://support.google.com/a/answer/81126',
    'https://support.google.com/a/answer/14229414',
    'https://support.google.com/a/answer/3726730',
    'https://www.rfc-editor.org/rfc/rfc7489#section-3.1',
    'https://www.rfc-editor.org/rfc/rfc7208#section-2.4',
  ],
};
