/**
 * Orange, Wanadoo and La Poste, who number their replies: `OFR_506`, `OFR006_102`, `LPN105_104`, `OUK_513`. The last
 * three digits tell; the words are mostly “service refused, please try later”.
 * https://postmaster.orange.fr · https://postmaster.laposte.net
 */
import { anyOf, type Receiver } from '../rule.ts';

const SOURCE = 'https://postmaster.orange.fr, as published';

export const orange: Receiver = {
  name: 'Orange',
  gate: /\b(?:ofr|lpn|ouk)\d{0,3}[_-]\d{3}\b/,
  rules: [
    {
      id: 'orange-unknown',
      category: 'mailbox-unknown',
      pattern: anyOf(/\b(?:ofr|lpn|ouk)\d{0,3}[_-](?:416|418)\b/),
      why: 'At least one recipient does not exist.',
      source: SOURCE,
      examples: [
        '550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416',
        '550 5.1.1 Invalid recipient. LPN007_418',
      ],
    },
    {
      id: 'orange-full',
      category: 'mailbox-full',
      pattern: anyOf(/\b(?:ofr|lpn|ouk)\d{0,3}[_-]417\b/),
      why: 'The mailbox is full.',
      source: SOURCE,
      examples: ['552 5.1.1 Boite du destinataire pleine. Recipient overquota. OFR_417'],
    },
    {
      id: 'orange-disabled',
      category: 'mailbox-disabled',
      pattern: anyOf(/\b(?:ofr|lpn|ouk)\d{0,3}[_-](?:420|426)\b/),
      why: 'The account is archived or blocked.',
      source: SOURCE,
      examples: [
        '550 5.5.0 Boite du destinataire archivee. Archived recipient. OFR_420',
        '550 5.5.0 The recipient account isblocked. LPN007_426',
      ],
    },
    {
      id: 'orange-sender',
      category: 'sender-rejected',
      pattern: anyOf(/\b(?:ofr|lpn|ouk)\d{0,3}[_-](?:403|405|415|421)\b/),
      why: 'The sender’s address or domain is not accepted.',
      source: SOURCE,
      examples: [
        '501 5.1.0 Emetteur invalide. Invalid Sender. OFR_415',
        '550 5.5.3 Mail from not owned by user. LPN105_421',
      ],
    },
    {
      id: 'orange-spf',
      category: 'auth-failure',
      pattern: anyOf(/\b(?:ofr|lpn|ouk)\d{0,3}[_-]401\b/),
      why: 'The domain’s SPF record does not name the host.',
      source: SOURCE,
      examples: ['550 5.5.0 192.0.2.1 is not allowed to send mail. LPN004_401'],
    },
    {
      id: 'orange-login',
      category: 'smtp-auth-tls',
      pattern: anyOf(/\b(?:ofr|lpn|ouk)\d{0,3}[_-](?:305|402)\b/),
      why: 'The client must log in.',
      source: SOURCE,
      examples: [
        '550 5.5.0 Authentification requise. Authentication Required. LPN105_402',
        "550 5.7.0 Code d'authentification invalide OFR_305",
      ],
    },
    {
      id: 'orange-rate',
      category: 'rate-limited',
      pattern: anyOf(/\b(?:ofr|lpn|ouk)\d{0,3}[_-](?:104|109|201)\b/),
      why: 'Too many connections or messages at once.',
      source: SOURCE,
      examples: [
        '421 mwinf5c04 ME Trop de connexions, veuillez verifier votre configuration. Too many connections, slow down. OFR004_104',
      ],
    },
    {
      id: 'orange-spam',
      category: 'spam-content',
      pattern: anyOf(/\b(?:ofr|lpn|ouk)\d{0,3}[_-](?:506|513)\b/),
      why: 'The message was taken for spam.',
      source: SOURCE,
      examples: [
        '550 5.2.0 Mail rejete. Mail rejected. OFR_506 [506]',
        '550 5.2.0 Mail rejete. Mail rejected. OUK_513',
      ],
    },
    {
      id: 'orange-size',
      category: 'message-too-large',
      pattern: anyOf(/\b(?:ofr|lpn|ouk)\d{0,3}[_-]514\b/),
      why: 'The message is too large.',
      source: SOURCE,
      examples: ['552 5.3.4 Taille limite du message atteinte OFR_514'],
    },
    {
      id: 'orange-ip',
      category: 'ip-blocked',
      pattern: anyOf(/\b(?:ofr|lpn|ouk)\d{0,3}[_-](?:102|103|105|108|510|999)\b/),
      why: 'The IP is blocked for spam, for a while or for good.',
      source: SOURCE,
      examples: [
        '550 mwinf5c04 ME Adresse IP source bloquee pour incident de spam. Client host blocked for spamming issues. OFR006_102',
        '421 mwinf5c77 ME Service refuse. Veuillez essayer plus tard. OFR_999 [999]',
      ],
    },
    {
      id: 'orange-later',
      category: 'system-error',
      pattern: anyOf(/\b(?:ofr|lpn|ouk)\d{0,3}[_-](?:423|424|505)\b/),
      why: 'Something failed inside; it passes.',
      source: SOURCE,
      examples: [
        '421 4.2.0 Service refuse. Veuillez essayer plus tard. Service refused, please try later. OFR005_505 [505]',
      ],
    },
  ],
};
