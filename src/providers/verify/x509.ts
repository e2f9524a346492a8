/**
 * Reads the four facts of a certificate that checking an SNS signature needs. Not a path validator: neither
 * the issuer nor the certificate's own signature is looked at; whoever calls must have fetched it over TLS
 * from a host that it trusts. https://www.rfc-editor.org/rfc/rfc5280#section-4.1
 */
import { err, ok, type Result } from '../../core/result.ts';
import { fromBase64, toHex } from './bytes.ts';

export interface Certificate {
  /** The subject's common name; null where there is none, or more than one. */
  readonly commonName: string | null;
  readonly notBefore: number;
  readonly notAfter: number;
  /** The public key as WebCrypto imports it. */
  readonly spki: Uint8Array<ArrayBuffer>;
}

/** Amazon's are near 2 KiB. */
export const maxPemLength = 32 * 1024;

const tags = { oid: 0x06, sequence: 0x30, set: 0x31, version: 0xa0, utcTime: 0x17, generalizedTime: 0x18 };
const textTags = [0x0c, 0x13, 0x16]; // UTF8String, PrintableString, IA5String
const commonNameOid = '550403';

interface Element {
  readonly tag: number;
  readonly body: Uint8Array<ArrayBuffer>;
  /** With its header. */
  readonly whole: Uint8Array<ArrayBuffer>;
}

/** The first certificate of a PEM file; the error says what is wrong with it. */
export function readCertificate(pem: string): Result<Certificate, string> {
  if (pem.length > maxPemLength) return err('the certificate is too large');
  const armoured = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(pem);
  const der = fromBase64((armoured?.[1] ?? '').replace(/\s/g, ''), maxPemLength);
  if (der === null || der.length === 0) return err('not a PEM certificate');
  const fields = fieldsOf(der);
  if (fields === null) return err('not an X.509 certificate');
  const [, , , validity, subject, spki] = fields;
  const [from, to] = elementsOf(validity?.body) ?? [];
  const notBefore = timeOf(from);
  const notAfter = timeOf(to);
  if (notBefore === null || notAfter === null) return err('the certificate has no validity');
  if (subject?.tag !== tags.sequence || spki?.tag !== tags.sequence) return err('not an X.509 certificate');
  return ok({ commonName: commonNameOf(subject), notBefore, notAfter, spki: spki.whole });
}

/** serial, algorithm, issuer, validity, subject, key … of the to-be-signed part, without the version. */
function fieldsOf(der: Uint8Array<ArrayBuffer>): Element[] | null {
  const outer = elementsOf(der);
  const certificate = outer?.length === 1 ? outer[0] : undefined;
  const [signed] = (certificate?.tag === tags.sequence && elementsOf(certificate.body)) || [];
  const fields = signed?.tag === tags.sequence ? elementsOf(signed.body) : null;
  if (fields === null) return null;
  return fields[0]?.tag === tags.version ? fields.slice(1) : fields;
}

function commonNameOf(subject: Element): string | null {
  const names: (string | null)[] = [];
  for (const set of elementsOf(subject.body) ?? []) {
    if (set.tag !== tags.set) return null;
    for (const attribute of elementsOf(set.body) ?? []) {
      const [type, value] = elementsOf(attribute.body) ?? [];
      if (type?.tag === tags.oid && toHex(type.body) === commonNameOid) names.push(textOf(value));
    }
  }
  return names.length === 1 ? (names[0] ?? null) : null;
}

const textOf = (element: Element | undefined): string | null =>
  element !== undefined && textTags.includes(element.tag) ? asciiOf(element.body) : null;

/** RFC 5280 wants years to 2049 as UTCTime, later ones as GeneralizedTime, both to the second and in UTC. */
function timeOf(element: Element | undefined): number | null {
  if (element?.tag !== tags.utcTime && element?.tag !== tags.generalizedTime) return null;
  const text = asciiOf(element.body);
  const full =
    element.tag === tags.generalizedTime ? text : `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}`;
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full);
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second] = parts;
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at) ? null : at;
}

const asciiOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes.subarray(0, 256));

/** The elements that fill `der` exactly; null where they do not. */
function elementsOf(der: Uint8Array<ArrayBuffer> | undefined): Element[] | null {
  const elements: Element[] = [];
  for (let at = 0; der !== undefined && at < der.length; ) {
    const element = elementAt(der, at);
    if (element === null) return null;
    elements.push(element);
    at += element.whole.length;
  }
  return der === undefined ? null : elements;
}

/** One-byte tags and definite lengths only: certificates have no others. */
function elementAt(der: Uint8Array<ArrayBuffer>, start: number): Element | null {
  const tag = der[start];
  const first = der[start + 1];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return null;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || lengthBytes > 3) return null;
  let length = first < 0x80 ? first : 0;
  for (let i = 0; i < lengthBytes; i++) length = length * 256 + (der[start + 2 + i] ?? 0);
  const bodyStart = start + 2 + lengthBytes;
  const end = bodyStart + length;
  if (end > der.length) return null;
  return { tag, body: der.slice(bodyStart, end), whole: der.slice(start, end) };
}
