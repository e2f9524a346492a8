import { type Documented, each } from './documented.ts';

const form = (...events: object[]) =>
  new URLSearchParams({ mandrill_events: JSON.stringify(events) }).toString();
const message = (event: string, email: string, msg: object = {}) => form({ event, msg: { email, ...msg } });
const change = (type: string, email: string, action: string, reason?: string) =>
  form({ type, action, reject: { email, reason } });

const lists = ['blacklist', 'denylist'].map((type) => ({
  ...each(
    ['hard-bounce', 'soft-bounce', 'spam', 'unsub', 'custom'],
    (reason, to) => change(type, to, 'add', reason),
    (reason) => `${type}/${reason}`,
  ),
  [`${type}/remove`]: (to: string) => change(type, to, 'remove', 'unsub'),
}));

const bounces = ['hard_bounce', 'soft_bounce'].map((event) =>
  each(
    ['24', '50', '51', '52', '53', '54', '60', '80', '100'],
    (code, to) => message(event, to, { bgtools_code: Number(code) }),
    (code) => `${event}/${code}`,
  ),
);

export const mandrill: Documented = {
  page: 'https://mailchimp.com/developer/transactional/docs/webhooks/',
  contentType: 'application/x-www-form-urlencoded',
  labels: {
    ...each(
      [
        'send',
        'deferral',
        'hard_bounce',
        'soft_bounce',
        'delivered',
        'open',
        'click',
        'spam',
        'unsub',
        'reject',
        'inbound',
      ],
      message,
    ),
    ...each(
      [
        ...['hard_bounce/bad_mailbox', 'hard_bounce/invalid_domain'],
        ...['hard_bounce/mailbox_full', 'hard_bounce/message_too_large'],
        ...['soft_bounce/bad_mailbox', 'soft_bounce/invalid_domain'],
        ...['soft_bounce/mailbox_full', 'soft_bounce/message_too_large'],
      ],
      (label, to) => {
        const [event = '', bounce_description] = label.split('/');
        return message(event, to, { bounce_description });
      },
    ),
    ...Object.assign({}, ...bounces),
    ...each(
      [
        'hard-bounce',
        'soft-bounce',
        'spam',
        'unsub',
        'custom',
        'invalid-sender',
        'invalid',
        'test-mode-limit',
        'unsigned',
        'rule',
      ],
      (reason, to) => message('reject', to, { reject: { reason } }),
      (reason) => `reject/${reason}`,
    ),
    ...Object.assign({}, ...lists),
    ...each(['whitelist', 'allowlist', 'safelist'], (type, to) => change(type, to, 'add')),
  },
  novelty: ['novelty', (to) => message('novelty', to)],
};
