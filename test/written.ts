/** What can be read in the bytes of files, in lower case: as they are, and what of them is compressed. */
import { gunzipSync } from 'node:zlib';

export function written(files: readonly Buffer[]): string {
  const texts = files.map((bytes) => bytes.toString('latin1'));
  for (const bytes of files)
    for (let at = bytes.indexOf('1f8b08', 0, 'hex'); at !== -1; at = bytes.indexOf('1f8b08', at + 1, 'hex'))
      try {
        texts.push(gunzipSync(bytes.subarray(at), { finishFlush: 2 }).toString('latin1'));
      } catch {
        // Three bytes that begin no gzip.
      }
  return texts.join('\n').toLowerCase();
}
