/** Asks a person at a terminal. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** `hidden`: what is typed is not shown, as it is a secret. */
export async function ask(question: string, echo: 'shown' | 'hidden' = 'shown'): Promise<string> {
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({
    input: process.stdin,
    output: echo === 'shown' ? process.stderr : silent,
    terminal: true,
  });
  try {
    return (await lines.question('')).trim();
  } finally {
    lines.close();
    if (echo === 'hidden') process.stderr.write('\n');
  }
}
