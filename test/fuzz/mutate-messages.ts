/** What strangers, relays and broken gateways do to a mail. Several may be stacked. */
import type { Random } from './random.ts';

export const joined = (...pieces: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(pieces));
export const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

const maxSeed = 60_000;
const onLines =
  (change: (lines: string[], random: Random) => string[]) =>
  (bytes: Uint8Array, random: Random): Uint8Array =>
    bytesOf(change(textOf(bytes).split('\n'), random).join('\n'));

const mutations: readonly ((bytes: Uint8Array, random: Random) => Uint8Array)[] = [
  (bytes, random) => {
    const bent = bytes.slice();
    for (let n = 1 + random.below(8); n > 0; n--) bent[random.below(bent.length)] = random.below(256);
    return bent;
  },
  (bytes, random) => bytes.slice(0, random.below(bytes.length + 1)),
  (bytes, random) => bytes.slice(random.below(bytes.length + 1)),
  (bytes, random) => {
    const at = random.below(bytes.length + 1);
    const end = at + random.below(2_000);
    return joined(bytes.slice(0, end), bytes.slice(at));
  },
  (bytes, random) =>
    bytesOf(textOf(bytes).replaceAll('\n', random.pick(['\r\n', '\r', '\n\n', ' \n', '\n>']))),
  // A boundary that is not what was announced, or that another begins with.
  (bytes, random) =>
    bytesOf(
      textOf(bytes).replace(/boundary="?([^"\s;]+)/gi, (all, name) =>
        random.below(2) === 0 ? `${all}x` : all.replace(name, name.slice(0, -1)),
      ),
    ),
  (bytes, random) =>
    bytesOf(
      textOf(bytes).replace(/^content-type:.*$/gim, (all) =>
        random.below(3) > 0
          ? all
          : random.pick([
              'Content-Type: message/rfc822',
              'Content-Type: multipart/report; boundary=b',
              'Content-Type: message/delivery-status',
              'Content-Type: text/html',
              'Content-Type: text/plain; charset=utf-7',
              'Content-Transfer-Encoding: base64',
            ]),
      ),
    ),
  onLines((lines, random) => {
    const [a, b] = [random.below(lines.length), random.below(lines.length)];
    return lines.map((line, i) => (i === a ? (lines[b] ?? '') : i === b ? (lines[a] ?? '') : line));
  }),
  onLines((lines, random) => lines.toSorted(() => random.next() - 0.5)),
  onLines((lines, random) => lines.filter(() => random.below(10) > 0)),
  onLines((lines, random) =>
    lines.toSpliced(
      random.below(lines.length),
      0,
      random
        .pick(lines)
        .slice(0, 1_000)
        .repeat(1 + random.below(300)),
    ),
  ),
  onLines((lines, random) => lines.toSpliced(random.below(lines.length), 0, random.pick(hostile))),
  onLines((lines, random) =>
    lines.toSpliced(
      1 + random.below(5),
      0,
      `X-Long: ${random.pick(['a', '@', ' ', '<', '=?', 'a@b,', ';']).repeat(random.below(60_000))}`,
    ),
  ),
  (bytes, random) =>
    nested(bytes, 1 + random.below(100), random.pick(['message/rfc822', 'multipart/mixed; boundary="n"'])),
];

/** Lines that patterns could run long on. */
const hostile: readonly string[] = [
  '@'.repeat(30_000),
  'a@'.repeat(15_000),
  `${' '.repeat(50_000)}x`,
  `<${'a'.repeat(20_000)}@`,
  `550 ${'5.'.repeat(10_000)}`,
  `${'deliver '.repeat(5_000)}to <ann@ex.test>`,
  `${'>'.repeat(20_000)} ann@ex.test`,
  `-----${' original message'.repeat(2_000)}`,
  `${'RCPT TO:<'.repeat(3_000)}`,
  `Diagnostic-Code: smtp; ${'550-5.1.1 '.repeat(3_000)}`,
  `Final-Recipient: rfc822; ${'<'.repeat(5_000)}ann@ex.test`,
  `{"notificationType":"${'{'.repeat(5_000)}`,
  `Subject: ${'=?utf-8?q?=41?= '.repeat(3_000)}`,
  `From: ${'"'.repeat(9_999)}@ex.test`,
];

function nested(bytes: Uint8Array, depth: number, type: string): Uint8Array {
  const head = type.startsWith('multipart') ? '\n--n\n' : '\n';
  return joined(...Array.from({ length: depth }, () => bytesOf(`Content-Type: ${type}\n${head}`)), bytes);
}

export function mutatedMessage(seed: Uint8Array, random: Random): Uint8Array {
  let bent = seed.length > maxSeed ? seed.slice(0, maxSeed) : seed;
  for (let n = 1 + random.below(3); n > 0 && bent.length > 0; n--)
    bent = random.pick(mutations)(bent, random);
  return bent.slice(0, 4 * maxSeed);
}
