/**
 * Keyed return paths: `bounces+k7dw2mq4xyz5abc2=ann=example.com@bounces.example.org`. The tag proves that we mailed the
 * recipient; what follows it names them (VERP), for servers that leave them out of their reports. Mail systems put
 * local parts in lower case, so the tag is base32 in lower case, and counts in any. Pure.
 * https://cr.yp.to/proto/verp.txt
 */
import { canonicalAddress } from './address.ts';
import { err, ok, type Result } from './result.ts';

/** 80 bits: nobody tries that many by mail. */
export const TAG_CHARACTERS = 16;
/** RFC 5321 4.5.3.1.1. */
const MAX_LOCAL_OCTETS = 64;
/** RFC 5321 4.1.2: an unquoted local part. */
const dotString = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;

export interface BounceAddress {
  readonly local: string;
  readonly domain: string;
}

export interface KeyedPath {
  readonly tag: string;
  /** Whom it names; null where the recipient was too long for a local part. */
  readonly recipient: string | null;
}

/** The address that bounces go to, where it has room for a tag; the error says what is wrong with it. */
export function readBounceAddress(text: string): Result<BounceAddress, string> {
  const address = canonicalAddress(text);
  if (!address.ok) return err('must be an address, such as bounces@example.org');
  const { local, domain } = partsOf(address.value);
  if (local.includes('+')) return err('must hold no "+": the tag comes after one');
  const room = MAX_LOCAL_OCTETS - TAG_CHARACTERS - 1;
  return local.length <= room && dotString.test(local)
    ? ok({ local, domain })
    : err(`must have at most ${room} characters before the @, and no quotes`);
}

/** A recipient that would not fit is left out; the tag still proves. */
export function keyedPath({ local, domain }: BounceAddress, tag: string, recipient: string): string {
  const whole = `${local}+${tag}=${recipient.replace(/@(?=[^@]*$)/, '=')}`;
  const fits = whole.length <= MAX_LOCAL_OCTETS && dotString.test(whole);
  return `${fits ? whole : `${local}+${tag}`}@${domain}`;
}

/** Null for an address without a tag. */
export function readKeyedPath(address: string): KeyedPath | null {
  const { local } = partsOf(address);
  const [, tag, recipient] = /^[^+]{1,64}\+([a-z2-7]{16})(?:=([^@]{1,64}=[^=@]{3,255}))?$/i.exec(local) ?? [];
  if (tag === undefined) return null;
  return { tag: tag.toLowerCase(), recipient: recipient?.replace(/=(?=[^=]*$)/, '@') ?? null };
}

function partsOf(address: string): BounceAddress {
  const at = address.lastIndexOf('@');
  return { local: address.slice(0, Math.max(at, 0)), domain: at < 0 ? '' : address.slice(at + 1) };
}
