/** Mistakes that would let somebody in or lose something, each of one line, and the cases that must catch it. */

export interface Mistake {
  /** Numbers of the cases, as they stand in the titles of tests. */
  readonly cases: string;
  readonly title: string;
  /** Below src/. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly from: string;
  readonly to: string;
  /** Where the cases are. */
  readonly tests: string;
}

const verify = 'providers/verify';

export const mistakes: readonly Mistake[] = [
  {
    cases: 'T003',
    title: 'the certificate’s host by AWS’s own pattern, which takes buckets',
    file: `${verify}/sns.ts`,
    from: '!url.startsWith(start)',
    to: '!/^https:\\/\\/sns\\.[a-zA-Z0-9-]{3,}\\.amazonaws\\.com/.test(url)',
    tests: 'test/providers/sns.test.ts',
  },
  {
    cases: 'T004|T005',
    title: 'any topic is believed',
    file: `${verify}/sns.ts`,
    from: ' || !trust.secrets.topicArns.includes(topic.arn)',
    to: '',
    tests: 'test/providers/sns.test.ts',
  },
  {
    cases: 'T006|T007',
    title: 'signed fields in any form: the same bytes cut into others',
    file: `${verify}/sns.ts`,
    from: '!grammar[name]?.test(value)',
    to: 'false',
    tests: 'test/providers/sns.test.ts',
  },
  {
    cases: 'T008',
    title: 'the header says what it likes',
    file: `${verify}/sns.ts`,
    from: '[null, value].includes(headers.get(name))',
    to: 'headers.get(name) !== undefined || value === name',
    tests: 'test/providers/sns.test.ts',
  },
  {
    cases: 'T059',
    title: 'a field of the envelope may occur twice',
    file: `${verify}/sns.ts`,
    from: "if (repeatsKey(decodeUtf8(bytes) ?? ''))",
    to: "if (repeatsKey('') && decodeUtf8(bytes) === '')",
    tests: 'test/providers/sns.test.ts',
  },
  {
    cases: 'T016',
    title: 'r and s may be zero',
    file: `${verify}/ecdsa.ts`,
    from: 'if (second < 0x80 || length - 1 > SCALAR_BYTES) return null;',
    to: 'if (length - 1 > SCALAR_BYTES) return null;',
    tests: 'test/providers/sendgrid.test.ts test/providers/ecdsa.test.ts',
  },
  {
    cases: 'T017',
    title: 'a timestamp of any digits: one moves over from the body',
    file: 'providers/sendgrid.ts',
    from: '!/^\\d{10}$/.test(timestamp)',
    to: '!/^\\d+$/.test(timestamp)',
    tests: 'test/providers/sendgrid.test.ts',
  },
  {
    cases: 'T019',
    title: 'Mailgun’s token with any body',
    file: 'providers/mailgun.ts',
    from: 'return ok({ bind: { nonce: token, digest: toHex(await sha256(request.body)) } });',
    to: 'return ok({ ...(token === toHex(await sha256(request.body)) ? { bind: { nonce: token, digest: token } } : {}) });',
    tests: 'test/http/providers.test.ts',
  },
  {
    cases: 'T020',
    title: 'hex that Node’s decoder cuts short',
    file: `${verify}/bytes.ts`,
    from: 'if (hex.length !== length * 2 || !/^[0-9a-f]*$/.test(hex)) return null;',
    to: 'if (hex.length < length * 2) return null;',
    tests: 'test/providers/mailgun.test.ts',
  },
  {
    cases: 'T021',
    title: 'a signature is computed and not compared',
    file: `${verify}/standard-webhooks.ts`,
    from: 'const proven =\n    (await matchesHmac(signed.value, secrets)) || (await matchesEd25519(signed.value, publicKeys));',
    to: 'const proven =\n    !(await matchesHmac(signed.value, secrets)) || true || (await matchesEd25519(signed.value, publicKeys));',
    tests: 'test/providers/standard-webhooks.test.ts',
  },
  {
    cases: 'T023',
    title: 'a timestamp with letters behind it',
    file: `${verify}/standard-webhooks.ts`,
    from: 'if (!/^\\d{10}$/.test(timestamp))',
    to: 'if (!/^\\d{10}/.test(timestamp))',
    tests: 'test/providers/standard-webhooks.test.ts',
  },
  {
    cases: 'T024',
    title: 'an id with dots, so that the boundary moves',
    file: `${verify}/standard-webhooks.ts`,
    from: '!/^[A-Za-z0-9_-]{1,256}$/.test(id)',
    to: '!/^.{1,256}$/.test(id)',
    tests: 'test/providers/standard-webhooks.test.ts',
  },
  {
    cases: 'T031',
    title: 'a pair without a password lets in',
    file: `${verify}/basic.ts`,
    from: "if (sameUser && samePassword && password !== '') matches = true;",
    to: 'if (sameUser && samePassword) matches = true;',
    tests: 'test/providers/basic.test.ts',
  },
  {
    cases: 'T035',
    title: 'memory pools compared in place of their parts',
    file: `${verify}/bytes.ts`,
    from: 'difference |= (a[i] as number) ^ (b[i] as number);',
    to: 'difference |= (new Uint8Array(a.buffer)[i] as number) ^ (new Uint8Array(b.buffer)[i] as number);',
    tests: 'test/providers/mailgun.test.ts test/providers/standard-webhooks.test.ts',
  },
  {
    cases: 'T037',
    title: 'compressed bodies are let in',
    file: 'http/body.ts',
    from: "return encoding !== null && encoding.trim() !== '' && encoding.trim().toLowerCase() !== 'identity';",
    to: "return encoding === 'never';",
    tests: 'test/http/intake.test.ts',
  },
  {
    cases: 'T043',
    title: 'JSON of any depth',
    file: 'providers/json.ts',
    from: 'if (counts.length === maxDepth)',
    to: 'if (maxDepth < 0)',
    tests: 'test/http/intake.test.ts test/providers/generic.test.ts',
  },
  {
    cases: 'T048',
    title: 'case folded for all of Unicode: the Kelvin sign is a k',
    file: 'core/address.ts',
    from: 'text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());',
    to: 'text.toLowerCase();',
    tests: 'test/core/address.test.ts',
  },
  {
    cases: 'T049',
    title: 'NULs and invisible characters in an address',
    file: 'core/address.ts',
    from: 'if (forbidden.test(text))',
    to: "if (forbidden.test(text) && text === '')",
    tests: 'test/core/address.test.ts',
  },
  {
    cases: 'T071',
    title: 'a known id is enough to be a duplicate: a complaint can be pre-empted',
    file: 'core/identity.ts',
    from: '    event.kind,\n    event.address,\n    at,\n    event.smtp.code,\n    event.smtp.enhanced,\n    event.smtp.text,\n',
    to: '    at === null,\n',
    tests: 'test/app/commit.test.ts',
  },
  {
    cases: 'T087',
    title: 'any evidence of consent lifts a complaint, however old',
    file: 'core/lifting.ts',
    from: 'if (consent && (fact.evidence === null || ground.fact.at > fact.evidence.at)) continue;',
    to: 'if (consent && fact.evidence === null) continue;',
    tests: 'test/http/list.test.ts',
  },
  {
    cases: 'T093',
    title: 'the audit’s hashes are not looked at',
    file: 'app/audit.ts',
    from: ' && auditHash(row, sha256) === hash;',
    to: ' && sha256 !== auditHash && hash !== row.actor;',
    tests: 'test/app/audit.test.ts',
  },
  {
    cases: 'T094',
    title: 'scopes are not looked at',
    file: 'http/serve.ts',
    from: 'if (of.scope !== null && !may(caller, of.scope)) return forbidden(of.scope);',
    to: 'if (of.scope !== null && may(stranger, of.scope)) return forbidden(of.scope);',
    tests: 'test/http/general.test.ts',
  },
  {
    cases: 'T095',
    title: 'an address that cannot be read counts as free',
    file: 'app/list.ts',
    from: '  suppressed: null,\n',
    to: '  suppressed: false,\n',
    tests: 'test/http/list.test.ts',
  },
  {
    cases: 'T097',
    title: 'a limit that every key shares',
    file: 'http/serve.ts',
    from: 'limiterOf(services).take(actor, rateLimit)',
    to: 'limiterOf(services).take(actor.slice(0, 4), rateLimit)',
    tests: 'test/http/rate-limit.test.ts',
  },
  {
    cases: 'T102',
    title: 'a revoked key still works',
    file: 'store/configuration.ts',
    from: "key: 'delete from keys where tenant = ? and id = ?',",
    to: "key: 'delete from keys where tenant = ? and id = ? and 0',",
    tests: 'test/http/general.test.ts',
  },
  {
    cases: 'F22',
    title: 'a wrong clock is taken for a forger',
    file: 'app/ingest.ts',
    from: 'untimely ? { untimely: 1 } : { rejected: 1 }',
    to: 'untimely ? { rejected: 1 } : { rejected: 1 }',
    tests: 'test/http/alarms.test.ts',
  },
];
