/**
 * What a request must still hold for a provider's proof to mean anything, said without the product's own code: a
 * mutated request may be accepted only where this is unchanged.
 */
import type { Proof, RawRequest, Secrets } from '../../src/providers/adapter.ts';

export interface Claimed {
  readonly original: RawRequest;
  readonly bent: RawRequest;
  readonly secrets: Secrets;
  readonly proof: Proof;
}

type MayAccept = (claimed: Claimed) => boolean | Promise<boolean>;

const textOf = (request: RawRequest): string => new TextDecoder().decode(request.body);
const jsonOf = (request: RawRequest): Record<string, unknown> =>
  JSON.parse(textOf(request).replace(/^\ufeff/, ''));
const sameBody = ({ original, bent }: Claimed): boolean =>
  original.body.length === bent.body.length && original.body.every((byte, i) => byte === bent.body[i]);
const sameHeaders =
  (...names: string[]) =>
  ({ original, bent }: Claimed): boolean =>
    names.every((name) => original.headers.get(name) === bent.headers.get(name));

/** One of the keys, whole, in one of the places for it. */
const hasKeyIn =
  (query: string): MayAccept =>
  ({ bent, secrets }) => {
    const bearer = /^bearer +(.+)$/i.exec(bent.headers.get('authorization') ?? '')?.[1];
    const given = [bearer, bent.headers.get('x-mailstop-key'), ...bent.url.searchParams.getAll(query)];
    return given.some((key) => key !== undefined && key !== null && secrets.keys.includes(key));
  };
const hasKey = hasKeyIn('key');

/** The endpoint's key in each event. */
const hasSecretKey: MayAccept = ({ bent, secrets }) =>
  [jsonOf(bent)].flat().every(({ SecretKey }) => secrets.keys.includes(String(SecretKey)));

const standardWebhooks =
  (prefix: string) =>
  (claimed: Claimed): boolean =>
    sameBody(claimed) && sameHeaders(`${prefix}-id`, `${prefix}-timestamp`)(claimed);

/** `t=1754921294,v1=…`: a further signature takes nothing from the one that fits. */
const lettermint: MayAccept = (claimed) => {
  const [before, after] = [claimed.original, claimed.bent].map(
    ({ headers }) => headers.get('x-lettermint-signature')?.split(',')[0],
  );
  return sameBody(claimed) && before === after;
};

/** The token and its time are all that is signed: the body must come bound to them. */
const mailgun: MayAccept = async ({ original, bent, proof }) => {
  const digest = Buffer.from(await crypto.subtle.digest('SHA-256', bent.body.slice())).toString('hex');
  const before = jsonOf(original).signature as Record<string, unknown>;
  const text = textOf(bent);
  const holds = ['timestamp', 'token', 'signature'].every((name) => text.includes(String(before[name])));
  return holds && proof.bind?.nonce === before.token && proof.bind?.digest === digest;
};

/** The three headers are all that is signed: the body must come bound to the id. */
const mailomat: MayAccept = async (claimed) => {
  const { bent, proof } = claimed;
  const digest = Buffer.from(await crypto.subtle.digest('SHA-256', bent.body.slice())).toString('hex');
  const signed = ['id', 'event', 'timestamp'].map((name) => `x-mom-webhook-${name}`);
  return (
    sameHeaders(...signed)(claimed) &&
    proof.bind?.nonce === bent.headers.get('x-mom-webhook-id') &&
    proof.bind?.digest === digest
  );
};

const signedBySns = [
  'Message',
  'MessageId',
  'Subject',
  'Timestamp',
  'TopicArn',
  'Type',
  'SubscribeURL',
  'Token',
];
const sns: MayAccept = ({ original, bent }) => {
  const [a, b] = [jsonOf(original), jsonOf(bent)];
  return signedBySns.every((name) => JSON.stringify(a[name]) === JSON.stringify(b[name]));
};

/** The one field, decoded: how it is escaped is not signed. The URL that is signed is the source's own. */
const mandrill: MayAccept = ({ original, bent }) => {
  const [a, b] = [original, bent].map((request) => [...new URLSearchParams(textOf(request))]);
  return JSON.stringify(a) === JSON.stringify(b);
};

/** The JSON, which may be the only field of a form: how it is escaped is not signed, and neither is the time. */
const zeptomail: MayAccept = (claimed) => {
  const bent = textOf(claimed.bent);
  const field = bent.slice(bent.indexOf('=') + 1).replaceAll('+', ' ');
  return sameBody(claimed) || decodeURIComponent(field) === textOf(claimed.original);
};

export const proofs: Readonly<Record<string, MayAccept>> = {
  ahasend: standardWebhooks('webhook'),
  'amazon-ses': sns,
  arf: hasKey,
  azure: hasKeyIn('code'),
  bird: (claimed) =>
    claimed.original.headers.has('webhook-id')
      ? standardWebhooks('webhook')(claimed)
      : sameBody(claimed) && sameHeaders('messagebird-request-timestamp')(claimed),
  brevo: hasKey,
  cloudflare: hasKey,
  dsn: hasKey,
  'elastic-email': hasKey,
  emailit: (claimed) => sameBody(claimed) && sameHeaders('x-emailit-timestamp')(claimed),
  forwardemail: sameBody,
  generic: (claimed) => hasKey(claimed) || standardWebhooks('webhook')(claimed),
  haraka: hasKey,
  'hyvor-relay': sameBody,
  kumomta: hasKey,
  lettermint,
  loops: standardWebhooks('webhook'),
  mailersend: sameBody,
  mailgun,
  mailjet: hasKey,
  mailomat,
  mailtrap: sameBody,
  mandrill,
  postal: sameBody,
  postfix: hasKey,
  postmark: hasKey,
  powermta: hasKey,
  resend: standardWebhooks('svix'),
  scaleway: sns,
  sendgrid: (claimed) => sameBody(claimed) && sameHeaders('x-twilio-email-event-webhook-timestamp')(claimed),
  smtp2go: hasKey,
  socketlabs: hasSecretKey,
  sparkpost: hasKey,
  sweego: standardWebhooks('webhook'),
  'unisender-go': sameBody,
  zeptomail,
};
