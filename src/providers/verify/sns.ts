/**
 * The envelope of Amazon SNS and its signature, which other vendors have copied (`SnsService`). An envelope is refused unless every signed field has exactly
 * the form that SNS gives it: the signed text is `name\nvalue\n` without escaping, so whoever owns any topic
 * could otherwise have a message signed and cut the same bytes into fields that name your topic.
 * Never follows a URL of the envelope but the certificate's, and that only when it is the one SNS would use.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 */
import { err, ok, type Result } from '../../core/result.ts';
import { MINUTE, readTime } from '../../core/time.ts';
import type { Proof, RawRequest, Trust, VerifyError, VerifyIo } from '../adapter.ts';
import { isRecord, parseJson } from '../json.ts';
import { decodeUtf8, fromBase64, utf8 } from './bytes.ts';
import { type Certificate, readCertificate } from './x509.ts';

export type SnsType = keyof typeof signedFields;

/** A well-formed envelope; that it is genuine only `verifySns` knows. */
export interface SnsEnvelope {
  readonly type: SnsType;
  /** The signed fields by name. `Subject` may be absent. */
  readonly fields: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Topic {
  readonly arn: string;
  readonly region: string;
  /** Of the service in the topic's region: it takes confirmations. */
  readonly host: string;
}

/** Whose topics these are, and which certificates sign for them. */
export interface SnsService {
  /** Null for what is no topic of the service. */
  readTopic(arn: unknown): Topic | null;
  /** What a certificate's URL begins with. Compared as text, before any URL parser can repair it. */
  certificateStart(topic: Topic): string;
  /** The rest of that URL. */
  readonly certificateName: RegExp;
  /** Names of which its certificates carry one; null where it publishes none. */
  signerNames(region: string): readonly string[] | null;
  /** How to get rid of SHA-1; null where the customer cannot. */
  readonly sha1Advice: string | null;
}

/** In the order in which they are signed. AWS's own Node validator leaves Token out of the third. */
const signedFields = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: [
    'Message',
    'MessageId',
    'SubscribeURL',
    'Timestamp',
    'Token',
    'TopicArn',
    'Type',
  ],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
} as const;

/** Only Message may hold a line break. */
const grammar: Readonly<Record<string, RegExp>> = {
  Message: /^/, // anything
  MessageId: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  Subject: /^[^\p{Cc}\u2028\u2029]{1,100}$/u,
  SubscribeURL: /^[!-~]{1,2048}$/,
  Timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,9}Z$/,
  Token: /^[\w-]{1,1024}$/,
  TopicArn: /^arn:[!-~]{1,500}$/,
  Type: /^\w+$/,
};

const hashes = new Map<unknown, 'SHA-1' | 'SHA-256'>([
  ['1', 'SHA-1'],
  ['2', 'SHA-256'],
]);
const leftWarning =
  'SNS has unsubscribed this endpoint from its topic: subscribe it again, or nothing comes any more.';
const futureWarning =
  'SNS dated this message more than five minutes ahead of this machine: its clock is probably late.';

/** Proves that a request comes from an allow-listed topic. No certificate is fetched before all else fits. */
export async function verifySns(
  service: SnsService,
  request: RawRequest,
  trust: Trust,
  io: VerifyIo,
): Promise<Result<Proof, VerifyError>> {
  const claim = readClaim(service, request, trust);
  if (!claim.ok) return forged(claim.error);
  const { envelope, topic, hash, signature, certificateUrl } = claim.value;
  const signer = (text: string) => readSigner(text, service.signerNames(topic.region), io.now);
  const pem = await io.fetchCertificate(certificateUrl, (text) => signer(text).ok);
  if (!pem.ok && pem.error === 'unavailable')
    return err({ reason: 'undecided', detail: 'the signing certificate cannot be fetched now' });
  const certificate = pem.ok ? signer(pem.value) : err('the signing certificate is invalid');
  if (!certificate.ok) return forged(certificate.error);
  if (!(await isSigned(envelope, signature, hash, certificate.value)))
    return forged('the signature is wrong');
  const ahead = (readTime(envelope.fields.Timestamp) ?? 0) - io.now > 5 * MINUTE;
  const warnings = [
    ...(envelope.type === 'UnsubscribeConfirmation' ? [leftWarning] : []),
    ...(hash === 'SHA-1' && service.sha1Advice !== null ? [service.sha1Advice] : []),
    ...(ahead ? [futureWarning] : []),
  ];
  return ok(warnings.length > 0 ? { warning: warnings.join(' ') } : {});
}

/** Reads an envelope strictly; the error says which rule it breaks. */
export function readEnvelope(bytes: Uint8Array): Result<SnsEnvelope, string> {
  const json = parseJson(bytes);
  if (!json.ok) return json;
  if (!isRecord(json.value)) return err('not an SNS envelope');
  if (repeatsKey(decodeUtf8(bytes) ?? '')) return err('a field occurs twice');
  const body = json.value;
  const { Type: type } = body;
  if (type !== 'Notification' && type !== 'SubscriptionConfirmation' && type !== 'UnsubscribeConfirmation')
    return err('unknown Type');
  const fields: Record<string, string> = {};
  for (const name of signedFields[type]) {
    const value = body[name];
    // Absent over HTTP, null in what a Lambda function forwards.
    if (name === 'Subject' && (value === undefined || value === null)) continue;
    if (typeof value !== 'string' || !value.isWellFormed() || !grammar[name]?.test(value))
      return err(`${name} does not have the form that SNS gives it`);
    fields[name] = value;
  }
  return ok({ type, fields, body });
}

export const stringToSign = ({ type, fields }: SnsEnvelope): string =>
  signedFields[type]
    .filter((name) => fields[name] !== undefined)
    .map((name) => `${name}\n${fields[name]}\n`)
    .join('');

/** Built from the topic, never taken from SubscribeURL, which may lead anywhere. */
export function confirmationUrl(service: SnsService, arn: unknown, token: unknown): URL | null {
  const topic = service.readTopic(arn);
  if (topic === null || typeof token !== 'string' || !grammar.Token?.test(token)) return null;
  return new URL(`https://${topic.host}/?Action=ConfirmSubscription&TopicArn=${topic.arn}&Token=${token}`);
}

/** A certificate by one of the names, valid now; the error says why it is not. */
export function readSigner(
  pem: string,
  names: readonly string[] | null,
  now: number,
): Result<Certificate, string> {
  const certificate = readCertificate(pem);
  if (!certificate.ok) return certificate;
  const { commonName, notBefore, notAfter } = certificate.value;
  if (now < notBefore || now > notAfter) return err('the signing certificate is not valid now');
  if (names !== null && (commonName === null || !names.includes(commonName)))
    return err('the signing certificate is not that of SNS');
  return certificate;
}

interface Claim {
  readonly envelope: SnsEnvelope;
  readonly topic: Topic;
  readonly hash: 'SHA-1' | 'SHA-256';
  readonly signature: Uint8Array<ArrayBuffer>;
  readonly certificateUrl: URL;
}

/** Everything that can be refused without a certificate. */
function readClaim(service: SnsService, { body, headers }: RawRequest, trust: Trust): Result<Claim, string> {
  if (headers.get('x-amz-sns-rawdelivery')?.toLowerCase() === 'true')
    return err('raw message delivery carries no signature: turn it off for this subscription');
  const read = readEnvelope(body);
  if (!read.ok) return read;
  const envelope = read.value;
  if (!agrees(headers, 'x-amz-sns-message-type', envelope.type)) return err('header and Type differ');
  if (!agrees(headers, 'x-amz-sns-message-id', envelope.fields.MessageId))
    return err('header and MessageId differ');
  const topic = service.readTopic(envelope.fields.TopicArn);
  if (topic === null || !trust.secrets.topicArns.includes(topic.arn))
    return err('the topic is not one of this source');
  const hash = hashes.get(envelope.body.SignatureVersion);
  if (hash === undefined) return err('unknown SignatureVersion');
  if (hash === 'SHA-1' && trust.requireSha256)
    return err('signed with SHA-1, and this source requires SHA-256');
  const { Signature } = envelope.body;
  const signature = typeof Signature === 'string' ? fromBase64(Signature, 1024) : null;
  if (signature === null || signature.length < 128) return err('no RSA signature');
  const certificateUrl = readCertificateUrl(service, envelope.body, topic);
  if (certificateUrl === null) return err('SigningCertURL is not that of SNS in the region of the topic');
  return ok({ envelope, topic, hash, signature, certificateUrl });
}

/** SNS always sends the header; a queue or a function that forwards the envelope does not. */
const agrees = (headers: Headers, name: string, value: string | undefined): boolean =>
  [null, value].includes(headers.get(name));

function readCertificateUrl(
  service: SnsService,
  body: Readonly<Record<string, unknown>>,
  topic: Topic,
): URL | null {
  const url = body.SigningCertURL ?? body.SigningCertUrl; // the latter in what a Lambda function forwards
  const start = service.certificateStart(topic);
  if (typeof url !== 'string' || !url.startsWith(start)) return null;
  return service.certificateName.test(url.slice(start.length)) ? new URL(url) : null;
}

async function isSigned(
  envelope: SnsEnvelope,
  signature: Uint8Array<ArrayBuffer>,
  hash: string,
  { spki }: Certificate,
): Promise<boolean> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash };
  try {
    const key = await crypto.subtle.importKey('spki', spki, algorithm, false, ['verify']);
    return await crypto.subtle.verify(algorithm.name, key, signature, utf8(stringToSign(envelope)));
  } catch {
    return false; // not an RSA key
  }
}

const forged = (detail: string) => err({ reason: 'forged', detail } as const);

/** Whether the outermost object of valid JSON has a key twice: readers differ in which value they take. */
function repeatsKey(json: string): boolean {
  const keys = new Set<string>();
  let depth = 0;
  let last = '';
  for (let at = 0; at < json.length; at++) {
    const char = json[at];
    if (char === '"') {
      const start = at++;
      while (json[at] !== '"' && at < json.length) at += json[at] === '\\' ? 2 : 1;
      last = json.slice(start, at + 1);
    } else if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') depth--;
    else if (char === ':' && depth === 1) {
      const key = String(JSON.parse(last)); // "\u0054ype" is Type
      if (keys.has(key)) return true;
      keys.add(key);
    }
  }
  return false;
}
