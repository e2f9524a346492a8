import { describe, expect, it, test } from 'vitest';
import type { RawRequest, VerifyIo } from '../../src/providers/adapter.ts';
import { socketlabs } from '../../src/providers/socketlabs.ts';
import { utf8 } from '../../src/providers/verify/bytes.ts';

const KEY = 'Zq7Rk2Lw9Xt4Bn6Mv1Cs';
const OTHER = 'Aa1Bb2Cc3Dd4Ee5Ff6Gg';
const io: VerifyIo = { now: 0, fetchCertificate: () => Promise.reject(new Error('never asked')) };

const request = (body: unknown, contentType = 'application/json'): RawRequest => ({
  method: 'POST',
  url: new URL('https://mail.test/webhooks/socketlabs_1'),
  headers: new Headers({ 'content-type': contentType }),
  body: utf8(typeof body === 'string' ? body : JSON.stringify(body)),
});
const form = (fields: Record<string, string>) =>
  request(new URLSearchParams(fields).toString(), 'application/x-www-form-urlencoded');

const failed = {
  Type: 'Failed',
  DateTime: '2026-03-04T05:06:07Z',
  MailingId: 'SLNL-1',
  MessageId: 'order-77',
  Address: 'ada@ex.test',
  ServerId: 1000,
  SecretKey: KEY,
  Data: { Meta: [{ Key: 'a', Value: 'b' }], Tags: ['invoice'] },
  FailureType: 'Permanent',
  FailureCode: 2001,
  BounceStatus: '5.1.1',
  DiagnosticCode: 'smtp;550 5.1.1 User unknown',
  Reason: 'The email address is invalid',
};

async function itemsOf(given: RawRequest) {
  const result = await socketlabs.parse(given);
  if (!result.ok || result.value.type !== 'items') throw new Error(JSON.stringify(result));
  return result.value.items;
}

const asForm = { ...failed, Data: JSON.stringify(failed.Data), ServerId: '1000', FailureCode: '2001' };

describe('SocketLabs events', () => {
  it.each([
    ['JSON', request(failed)],
    ['a form', form(asForm)],
    ['a batch', request([failed])],
  ])('are read field by field out of %s', async (_title, given) => {
    expect(await itemsOf(given)).toEqual([
      {
        type: 'event',
        event: {
          meaning: {
            kind: 'bounce',
            code: '550',
            enhanced: '5.1.1',
            category: 'mailbox-unknown',
            proof: 'cause',
          },
          recipient: 'ada@ex.test',
          at: Date.UTC(2026, 2, 4, 5, 6, 7),
          reply: { enhanced: '5.1.1', text: 'smtp;550 5.1.1 User unknown' },
          providerType: 'Failed/Permanent/2001',
          eventId: null,
          messageId: 'order-77',
          tags: ['invoice'],
        },
      },
    ]);
  });

  test.each<[object, object, string]>([
    [
      { FailureType: 'Permanent', FailureCode: 2777 },
      { kind: 'bounce', proof: 'hard' },
      'Failed/Permanent/2777',
    ],
    [
      { FailureType: 'Temporary', FailureCode: 3001 },
      { kind: 'bounce', code: '452' },
      'Failed/Temporary/3001',
    ],
    [{ FailureType: 1, FailureCode: 1002 }, { category: 'ip-blocked' }, 'Failed/1/1002'],
    [{ FailureType: '0', FailureCode: 4003 }, { code: '421', enhanced: '4.4.1' }, 'Failed/0/4003'],
    [{ FailureType: 2, FailureCode: null }, { kind: 'reject', category: 'suppressed' }, 'Failed/2'],
    [{ FailureType: undefined }, { kind: 'bounce' }, 'Failed'],
    [{ FailureType: '', FailureCode: 2001 }, { enhanced: '5.1.1', proof: 'cause' }, 'Failed/2001'],
    [{ FailureType: null, FailureCode: 2777 }, { kind: 'bounce' }, 'Failed/2777'],
    [{ Type: 'Tracking', TrackingType: 'Unsubscribe' }, { kind: 'unsubscribe' }, 'Tracking/Unsubscribe'],
    [{ Type: 'Tracking', TrackingType: 2 }, { kind: 'unsubscribe' }, 'Tracking/2'],
    [{ Type: 'Complaint' }, { kind: 'complaint' }, 'Complaint'],
    [{ Type: 'Complaint', FblType: 'Not-Spam' }, { kind: 'complaint', feedback: 'not-spam' }, 'Complaint'],
    [{ Type: 'Complaint', FblType: 'fraud' }, { kind: 'complaint', feedback: 'fraud' }, 'Complaint'],
    [{ Type: 'Complaint', FblType: 'of tomorrow' }, { kind: 'complaint' }, 'Complaint'],
    [{ Type: 'Deferred' }, { kind: 'deferral' }, 'Deferred'],
  ])('%j means %j', async (change, meaning, providerType) => {
    const [item] = await itemsOf(request({ ...failed, FailureCode: undefined, ...change }));
    expect(item).toMatchObject({ type: 'event', event: { meaning, providerType } });
  });

  test.each([
    ['abuse', true],
    ['not-spam', undefined],
  ])('a complaint of type %s puts the address on the list of SocketLabs: %s', async (FblType, listed) => {
    const [item] = await itemsOf(request({ ...failed, Type: 'Complaint', FblType }));
    expect(item).toMatchObject({ type: 'event', event: { recipient: 'ada@ex.test' } });
    expect(item?.type === 'event' && item.event.listed).toBe(listed);
  });

  it('prove no dead mailbox where they are said to be temporary', async () => {
    const [item] = await itemsOf(request({ ...failed, FailureType: 'Temporary' }));
    expect(item).toMatchObject({ event: { meaning: { category: 'mailbox-unknown' } } });
    expect(item?.type === 'event' && item.event.meaning.proof).toBeUndefined();
  });

  test.each<[object, boolean]>([
    [{ FailureType: 'Teleported' }, false],
    [{ FailureType: undefined, FailureCode: 5001 }, true],
    [{ Type: 'Tracking', TrackingType: 0, FailureCode: undefined }, true],
    [{ Type: 'Queued' }, true],
    [{ FailureCode: 5001 }, true],
    [{ Type: 'constructor' }, false],
    [{ Type: 'Tracking', TrackingType: 9 }, false],
  ])('%j is ignored, and known: %s', async (change, known) => {
    expect(await itemsOf(request({ ...failed, ...change }))).toMatchObject([{ type: 'ignored', known }]);
  });

  it('that cannot be read lose only themselves, and never take the secret into quarantine', async () => {
    const items = await itemsOf(request([failed, 7, { SecretKey: KEY, Address: 'a@ex.test' }, failed]));
    expect(items.map(({ type }) => type)).toEqual(['event', 'unreadable', 'unreadable', 'event']);
    expect(JSON.stringify(items)).not.toContain(KEY);
  });
});

describe('a Validation', () => {
  const validation = (SecretKey: unknown) => request({ Type: 'Validation', ServerId: 1000, SecretKey });

  it('is answered with its key', async () => {
    expect(await socketlabs.parse(validation(KEY))).toEqual({
      ok: true,
      value: { type: 'reply', body: KEY, contentType: 'text/plain' },
    });
  });

  it.each(['<script>', 'two words', '', 7, 'k'.repeat(257)])('never says %j back', async (key) => {
    const body = key === 7 ? '7' : '';
    expect(await socketlabs.parse(validation(key))).toMatchObject({ value: { type: 'reply', body } });
  });
});

describe('the secret key', () => {
  const proofOf = async (given: RawRequest, keys = [KEY]) => {
    const secrets = { keys, basicAuth: [], topicArns: [] };
    const proof = await socketlabs.verify(given, { secrets, publicUrl: null, requireSha256: false }, io);
    return proof.ok ? 'proven' : proof.error.reason;
  };

  test.each([
    ['whole, in JSON', request(failed), 'proven'],
    ['whole, in a form', form(asForm), 'proven'],
    ['of another endpoint', request({ ...failed, SecretKey: OTHER }), 'forged'],
    ['cut short', request({ ...failed, SecretKey: KEY.slice(0, -1) }), 'forged'],
    ['in another case', request({ ...failed, SecretKey: KEY.toLowerCase() }), 'forged'],
    ['absent', request({ ...failed, SecretKey: undefined }), 'forged'],
    ['empty', request({ ...failed, SecretKey: '' }), 'forged'],
    ['a list', request({ ...failed, SecretKey: [KEY] }), 'forged'],
    ['in one event of two', request([failed, { ...failed, SecretKey: OTHER }]), 'forged'],
    ['of no event', request([]), 'forged'],
    ['in what is no JSON', request(`{"SecretKey":"${KEY}"`), 'forged'],
  ])('%s', async (_title, given, verdict) => {
    expect(await proofOf(given)).toBe(verdict);
  });

  it('may be any of several, so that it can be replaced, and proves nothing where there is none', async () => {
    expect(await proofOf(request(failed), [OTHER, KEY])).toBe('proven');
    expect(await proofOf(request({ ...failed, SecretKey: '' }), [''])).toBe('undecided');
  });

  it('is refused when the source is configured with what it cannot be', () => {
    expect(socketlabs.checkKey(KEY)).toBeNull();
    expect(socketlabs.checkKey('short')).toMatch(/as SocketLabs shows it/);
  });
});
