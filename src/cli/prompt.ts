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
    const typed = await lines.question('');
    // A password may begin or end with a blank.
    return echo === 'hidden' ? typed : typed.trim();
  } finally {
    lines.close();
    if (echo === 'hidden') process.stderr.write('\n');
  }
}
