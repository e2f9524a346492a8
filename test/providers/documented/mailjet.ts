import { type Documented, each } from './documented.ts';

const families: Readonly<Record<string, readonly string[]>> = {
  recipient: ['user unknown', 'mailbox inactive', 'quota exceeded', 'blacklisted', 'spam reporter'],
  domain: ['invalid domain', 'no mail host', 'relay/access denied', 'greylisted', 'typofix'],
  content: ['sender blocked', 'content blocked', 'policy issue'],
  spam: ['sender blocked', 'content blocked', 'policy issue'], // the family's older name
  system: ['system issue', 'protocol issue', 'connection issue'],
  mailjet: ['preblocked', 'duplicate in campaign'],
};
const errors = Object.entries(families).flatMap(([family, names]) =>
  names.map((name) => `${family}/${name}`),
);

const failure = (event: string) =>
  each(
    errors,
    (label, email) => {
      const [family = '', ...error] = label.split('/');
      return { event, email, error_related_to: family, error: error.join('/') };
    },
    (label) => `${event}/${label}`,
  );

export const mailjet: Documented = {
  page: 'https://dev.mailjet.com/email/guides/webhooks/',
  labels: {
    ...each(['sent', 'open', 'click', 'bounce', 'blocked', 'spam', 'unsub'], (event, email) => ({
      event,
      email,
    })),
    ...each(
      ['true', 'false'],
      (hard, email) => ({ event: 'bounce', email, hard_bounce: hard === 'true' }),
      (hard) => `bounce/hard_bounce ${hard}`,
    ),
    ...failure('bounce'),
    ...failure('blocked'),
  },
  novelty: ['novelty', (email) => ({ event: 'novelty', email })],
};
