/** docs/providers/, made from the adapters: how to set each up, what proves its requests, what its labels mean. */
import type { Meaning, ProviderAdapter } from '../src/providers/adapter.ts';
import { providers } from '../src/providers/registry.ts';

const proofWords = {
  signature: 'its signature',
  shared: 'a shared secret, or basic auth',
  topics: 'the signature of SNS and your topic',
} as const;

const cell = (value: string | undefined): string => (value ?? '').replaceAll('|', '\\|');

function labelRow(label: string, meaning: Meaning): string {
  if (meaning === 'ignored') return `| ${cell(label)} | ignored | | |`;
  const { kind, code, enhanced, category, feedback, listedFor } = meaning;
  const reply = [code, enhanced].filter((part) => part !== undefined).join(' ');
  const what = [category, feedback, listedFor && `for a ${listedFor}`].filter(Boolean).join(', ');
  return `| ${cell(label)} | ${kind} | ${reply} | ${what} |`;
}

function pageOf(adapter: ProviderAdapter): string {
  const { id, name, docs, needs, setup = [], attach, labels = {}, unverified = [] } = adapter;
  const megabytes = (adapter.maxBodyBytes ?? 5 * 1_048_576) / 1_048_576;
  const steps = [
    `\`mailstop source add ${id}\` prints the URL of a new source, and says again what follows.`,
    ...setup,
    `\`mailstop source test ID\` sends a signed sample of each kind and shows what becomes of it.`,
  ];
  const sections = [
    `# ${name}`,
    `Id \`${id}\` · proven by ${proofWords[needs.proof]} · [the vendor's page](${docs})`,
    `## Set up\n\n${steps.map((step, i) => `${i + 1}. ${step}`).join('\n')}`,
    `## What it needs\n\n${sentence(needs.hint)}${needs.publicUrl ? ' The source also needs `public_url`: the URL as the vendor calls it, which is signed.' : ''}\n\nWhere something cannot be stored right now it is answered with ${adapter.busyStatus ?? 503}, and comes again. Bodies up to ${megabytes} MiB.`,
    ...(attach === undefined
      ? []
      : [
          `## Recipient tag\n\nA source with \`recipient_tag\` takes only events that bring back [the tag of their recipient](../recipient-tags.md). Attach it as: ${sentence(attach).replace(/^./, attach.charAt(0))}`,
        ]),
    `## Labels\n\nWhat each says by itself. A server's reply beside it knows better; codes here are inferred, and shown as such. Labels that are not listed are counted as ignored, and shown by \`mailstop unmapped\`.\n\n| label | kind | reply | about |\n|---|---|---|---|\n${Object.entries(
      labels,
    )
      .map(([label, meaning]) => labelRow(label, meaning))
      .join('\n')}`,
    ...(unverified.length === 0
      ? []
      : [`## Unverified\n\n${unverified.map((fact) => `- ${fact}`).join('\n')}`]),
    '[All providers](README.md)',
  ];
  return `${sections.join('\n\n')}\n`;
}

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;

const head = `# Providers

Made by \`npm run docs\` from the adapters.

| id | provider | proof | labels |
|---|---|---|---|
`;

/** File name below docs/providers/ -> content. */
export const providerPages = (): Map<string, string> =>
  new Map([
    [
      'README.md',
      `${head}${providers
        .map(
          ({ id, name, needs, labels = {} }) =>
            `| [${id}](${id}.md) | ${name} | ${proofWords[needs.proof]} | ${Object.keys(labels).length} |`,
        )
        .join('\n')}\n`,
    ],
    ...providers.map((adapter) => [`${adapter.id}.md`, pageOf(adapter)] as const),
  ]);
