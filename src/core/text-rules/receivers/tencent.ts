/** QQ Mail and Tencent Exmail. https://service.mail.qq.com/detail/122 */
import { anyOf, type Receiver } from '../rule.ts';

const SOURCE = 'https://service.mail.qq.com/detail/122';

export const tencent: Receiver = {
  name: 'Tencent',
  gate: /qq\.com|suspected (?:spam|bounce)|frequency limited|access denined|deactivated mailbox|mail content denied|embedded in the email|rejected by recipients|mail from is mismatched|verify mailfrom|mtaservice|mta service/,
  rules: [
    {
      id: 'tencent-rate',
      category: 'rate-limited',
      pattern: anyOf(
        /(?:ip|domain|sender|connection) frequency limited|mailbox unavailable or access denined/,
      ),
      why: 'Too much mail from one IP, domain or sender.',
      source: SOURCE,
      examples: [
        '550 IP frequency limited. https://service.mail.qq.com/detail/122/172',
        '550 Mailbox unavailable or access denined',
      ],
    },
    {
      id: 'tencent-ip',
      category: 'ip-blocked',
      pattern: anyOf(/suspected (?:spam ip|bounce attacks)|connection denied/),
      why: 'The IP is suspected of spam.',
      source: SOURCE,
      examples: [
        '550 Suspected spam ip https://service.mail.qq.com/detail/122/66',
        '550 Suspected bounce attacks',
        '550 Connection denied https://service.mail.qq.com',
      ],
    },
    {
      id: 'tencent-spam',
      category: 'spam-content',
      pattern: anyOf(/suspected spam\b|spam is embedded in the email|mail content denied/),
      why: 'The message was taken for spam.',
      source: SOURCE,
      examples: [
        '550 Suspected spam. https://service.mail.qq.com/detail/122/71',
        '550 Spam is embedded in the email',
        '550 Mail content denied. https://service.mail.qq.com/detail/122/171',
      ],
    },
    {
      id: 'tencent-recipient',
      category: 'recipient-refused',
      pattern: anyOf(/mail is rejected by recipients?/),
      why: 'This person has refused the sender.',
      source: SOURCE,
      examples: ['550 Mail is rejected by recipients https://service.mail.qq.com/detail/122/92'],
    },
    {
      id: 'tencent-sender',
      category: 'sender-rejected',
      pattern: anyOf(/mail from is mismatched|verify mailfrom/),
      why: 'The return path and the From header do not agree.',
      source: SOURCE,
      examples: [
        '550 Error: MAIL FROM is mismatched with message header from address!',
        '550 Verify mailfrom failed',
      ],
    },
    {
      id: 'tencent-disabled',
      category: 'mailbox-disabled',
      pattern: anyOf(/is a deactivated mailbox/),
      why: 'The account is switched off.',
      source: SOURCE,
      examples: ['550 <a@qq.com> is a deactivated mailbox. https://service.mail.qq.com'],
    },
  ],
};
