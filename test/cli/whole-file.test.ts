import { execFile, execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { wholeFile, writeWhole } from '../../src/cli/whole-file.ts';

let folder = '';
const at = (name: string) => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailstop-whole-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const bytes = new TextEncoder().encode('all of it\n');

describe('a file that is written', () => {
  it('has its name once it is whole, and not before', async () => {
    const file = wholeFile(at('list.csv'));
    file.stream.write(bytes);
    expect(readdirSync(folder)).not.toContain('list.csv');
    await file.finish();
    await file.discard();
    expect(readdirSync(folder)).toEqual(['list.csv']);
    expect(readFileSync(at('list.csv'), 'utf8')).toBe('all of it\n');
  });

  it('is what it was before, where it did not become whole', async () => {
    writeFileSync(at('list.csv'), 'old');
    const file = wholeFile(at('list.csv'));
    file.stream.write(bytes);
    await file.discard();
    expect(readdirSync(folder)).toEqual(['list.csv']);
    expect(readFileSync(at('list.csv'), 'utf8')).toBe('old');
  });

  it('stays behind the link that leads to it', async () => {
    writeFileSync(at('there.csv'), 'old');
    symlinkSync(at('there.csv'), at('link.csv'));
    await writeWhole(at('link.csv'), bytes);
    expect(lstatSync(at('link.csv')).isSymbolicLink()).toBe(true);
    expect(readFileSync(at('there.csv'), 'utf8')).toBe('all of it\n');
    expect(readdirSync(folder)).toEqual(['link.csv', 'there.csv']);
  });

  it('goes into a pipe, or a device such as /dev/null, which stays one', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    const read = promisify(execFile)('cat', [at('pipe')]);
    await writeWhole(at('pipe'), bytes);
    expect((await read).stdout).toBe('all of it\n');
    expect(lstatSync(at('pipe')).isFIFO()).toBe(true);
    expect(readdirSync(folder)).toEqual(['pipe']);
  });

  it('named as our own output goes there, behind what others wrote', async () => {
    const script = `import { writeWhole } from '${new URL('../../src/cli/whole-file.ts', import.meta.url)}';
      await writeWhole('/dev/stdout', new TextEncoder().encode('all of it'));`;
    writeFileSync(at('script.mjs'), script);
    execFileSync('sh', ['-c', '(echo before; "$0" script.mjs; echo; echo after) > out', process.execPath], {
      cwd: folder,
    });
    expect(readFileSync(at('out'), 'utf8')).toBe('before\nall of it\nafter\n');
  });

  it('is refused where a folder has its name, or none is to hold it', async () => {
    await expect(writeWhole(folder, bytes)).rejects.toThrow('EISDIR');
    await expect(writeWhole(at('no/such/folder/list.csv'), bytes)).rejects.toThrow('ENOENT');
    expect(readdirSync(folder)).toEqual([]);
  });
});
