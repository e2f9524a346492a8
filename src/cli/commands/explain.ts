import type { Command } from 'commander';
import { type Client, withClient } from '../client.ts';
import { codeAsMarkdown, codeForTerminal, replyAsMarkdown, replyForTerminal } from '../explain-page.ts';
import { Failure } from '../failure.ts';
import { print, printJson, terminalWidth } from '../output.ts';
import { examples, optionsOf } from '../program.ts';
import type { CodePage, Meaning } from '../shapes.ts';

interface Options {
  readonly markdown?: boolean;
}

/** `504`, `5.5.4` and `#5.5.4`; everything else is a reply. */
const bareCode = /^#?(\d{3}|[245]\.\d{1,3}\.\d{1,3})$/;

export default function explain(command: Command): void {
  command
    .argument('<code-or-reply...>', 'a code such as 504 or 5.1.1, or a whole reply')
    .option('--markdown', 'print Markdown')
    .action(async (words: string[], _options: Options, self: Command) => {
      const options = optionsOf<Options>(self);
      const asked = words.join(' ').trim();
      const code = bareCode.exec(asked)?.[1];
      await withClient(options, 'in-memory', (client) =>
        code === undefined ? explainReply(client, asked, options) : explainCode(client, code, options),
      );
    });
  examples(command, [
    ['mailstop explain 504', 'a basic code'],
    ['mailstop explain 5.7.26', 'an enhanced code'],
    ['mailstop explain "550 5.1.1 user unknown"', 'a reply, and what would be done'],
    ['mailstop explain 504 --markdown > 504.md', 'for your own docs'],
  ]);
}

type Format = Options & { readonly json?: boolean };

async function explainCode(client: Client, code: string, { json, markdown }: Format): Promise<void> {
  const page = await client.ask<CodePage>('GET', `/v1/codes/${code}`);
  if (json === true) printJson(page);
  else print(markdown === true ? codeAsMarkdown(page) : codeForTerminal(page, terminalWidth()));
}

async function explainReply(client: Client, reply: string, { json, markdown }: Format): Promise<void> {
  const { results } = await client.ask<{ results: Meaning[] }>('POST', '/v1/classify', {
    json: { replies: [reply] },
  });
  const [result] = results;
  if (result === undefined) throw new Failure('the server explained nothing');
  if (json === true) return printJson(result);
  // The page of the code that says more: the enhanced one names the cause, save where 504 rules.
  const code = result.code === '504' ? result.code : (result.enhanced ?? result.code);
  const page =
    code === null ? null : await client.ask<CodePage>('GET', `/v1/codes/${code}`).catch(() => null);
  print(
    markdown === true
      ? replyAsMarkdown(reply, result, page)
      : replyForTerminal(reply, result, page, terminalWidth()),
  );
}
