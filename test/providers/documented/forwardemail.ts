import { type Documented, each } from './documented.ts';

const bounce = (label: string, recipient: string) => {
  const [action, category] = label.split('/');
  return { recipient, bounce: { action, ...(category === undefined ? {} : { category }) } };
};

/** The page shows no list; the words are those of ZoneMTA's rules, `config/bounces.txt`. */
export const forwardemail: Documented = {
  page: 'https://forwardemail.net/en/faq#do-you-support-bounce-webhooks',
  labels: each(
    [
      ...[
        '',
        '/recipient',
        '/block',
        '/blocklist',
        '/blacklist',
        '/spam',
        '/virus',
        '/policy',
        '/dmarc',
        '/spf',
        '/protocol',
        '/network',
        '/capacity',
        '/message',
      ].map((category) => `reject${category}`),
      ...['', '/recipient', '/block', '/greylist', '/capacity', '/network', '/policy'].map(
        (category) => `defer${category}`,
      ),
      'slowdown',
    ],
    bounce,
  ),
  novelty: ['novelty', (to) => bounce('novelty', to)],
};
