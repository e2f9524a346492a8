/** The parts of Node that the app leans on, as workerd has them. */
import { describe, expect, it } from 'vitest';
import { isPassword, keptOf } from '../../src/app/passwords.ts';
import { nodeRuntime } from '../../src/node-runtime.ts';

const runtime = nodeRuntime();

describe('the runtime on workerd', () => {
  it('hashes as everywhere', () => {
    expect(runtime.sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(runtime.sha256('ä😀')).toBe('41cdb6f90a10b81f7bb0b8654e469a8866b8d24988d1bb2706dadc3641a8db3b');
  });

  it('derives keys as RFC 7914 says, also at the cost of a password', async () => {
    const key = await runtime.scrypt('password', 'NaCl', { N: 1024, r: 8, p: 16 });
    expect(Buffer.from(key).toString('hex')).toBe(
      'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162',
    );
    const kept = await keptOf(runtime, 'correct horse battery');
    expect(await isPassword(runtime, 'correct horse battery', kept)).toBe(true);
    expect(await isPassword(runtime, 'correct horse batterz', kept)).toBe(false);
  });

  it('gives back what it compressed, to the byte', async () => {
    const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) % 251);
    const small = await runtime.gzip(bytes);
    expect(small).toBeInstanceOf(Uint8Array);
    expect([small[0], small[1]]).toEqual([0x1f, 0x8b]);
    expect(small.length).toBeLessThan(bytes.length / 2);
    const back = await runtime.gunzip(small);
    expect(back.length).toBe(bytes.length);
    expect(back.every((byte, i) => byte === bytes[i])).toBe(true);
  });

  it('refuses to inflate what is no gzip', async () => {
    await expect(runtime.gunzip(new Uint8Array([1, 2, 3]))).rejects.toThrow();
  });

  it('makes ids that sort as they were made, and texts that nobody can guess', () => {
    const ids = Array.from({ length: 100 }, () => runtime.newId('evt', 1_700_000_000_000));
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(100);
    expect(runtime.randomText(22)).toMatch(/^[A-Za-z0-9]{22}$/);
    expect(runtime.randomText(22)).not.toBe(runtime.randomText(22));
  });
});
