/**
 * Mutated requests, addresses and bounce mail, many of them.
 *
 *   npm run fuzz -- [--requests 1000000] [--addresses 100000] [--messages 100000] [--emails FOLDER] [--seed 1]
 *                   [--control]
 *
 * `--emails` names a folder of messages to bend besides our own. `--control` believes every request: it must find
 * acceptance without proof, or the test proves nothing.
 */
import { parseArgs } from 'node:util';
import { fuzzAddresses } from './addresses.ts';
import { fuzzMessages } from './messages.ts';
import { fuzzRequests } from './requests.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '1000000' },
    addresses: { type: 'string', default: '100000' },
    messages: { type: 'string', default: '100000' },
    emails: { type: 'string' },
    seed: { type: 'string', default: '1' },
    control: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const began = performance.now();
const seconds = () => `${((performance.now() - began) / 1_000).toFixed(0)} s`;
const say = (line: string) => process.stdout.write(`${line}\n`);

const { tallies, findings } = await fuzzRequests({
  requests: Number(values.requests),
  seed,
  believeAll: values.control,
  progress: (done) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${done.toLocaleString('en')} requests, ${seconds()} `);
  },
});
for (const { provider, requests, accepted, refused, undecided, events, slowest } of tallies)
  say(
    `${provider.padEnd(16)} ${requests} requests: ${accepted} accepted, ${refused} refused, ${undecided} undecided; ${events} events read; slowest ${slowest.toFixed(1)} ms`,
  );
const total = tallies.reduce((sum, { requests }) => sum + requests, 0);
const addresses = fuzzAddresses(Number(values.addresses), seed);
say(
  `addresses        ${addresses.addresses}: ${addresses.readable} readable; slowest ${addresses.slowest.toFixed(1)} ms`,
);
const messages = await fuzzMessages({ messages: Number(values.messages), seed, folder: values.emails });
say(
  `bounce mail      ${messages.messages} messages: ${messages.events} events, ${messages.ignored} ignored, ${messages.unreadable} put aside; slowest ${messages.slowest.toFixed(1)} ms`,
);
const all = [...findings, ...addresses.findings, ...messages.findings];
for (const finding of all.slice(0, 20)) say(`FOUND ${finding}`);
say(
  `${total.toLocaleString('en')} requests, ${addresses.addresses.toLocaleString('en')} addresses, ${messages.messages.toLocaleString('en')} messages, ${all.length} findings (seed ${seed}, ${seconds()})`,
);
process.exit(all.length === 0 ? 0 : 1);
