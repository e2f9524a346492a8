/** A filter that is kept in a file between runs, and brought up to date by what was added since. */
import { existsSync, readFileSync } from 'node:fs';
import { type Filter, FilterError, openFilter } from '../filter/reader.ts';
import type { Client } from './client.ts';
import { say } from './output.ts';
import { writeWhole } from './whole-file.ts';

/** `file` null: beside the local database, and for a server nowhere. */
export async function filterFor(client: Client, stream: string | null, file?: string): Promise<Filter> {
  const { key } = await client.ask<{ key: string }>('GET', '/v1/filter/key');
  const place = file ?? besideDatabase(client, stream);
  const known = place === null ? null : await readKnown(place, key);
  const ask = async (since?: string): Promise<Uint8Array> => {
    const query = { stream: stream ?? undefined, bits: 16, since };
    return new Uint8Array(await (await client.call('GET', '/v1/filter', { query })).arrayBuffer());
  };
  if (known !== null && known.manifest.stream === stream) {
    const news = await ask(known.manifest.version);
    const updated = await known.apply(news).catch((error: unknown) => {
      if (error instanceof FilterError) return null;
      throw error;
    });
    if (updated !== null) return updated;
    // Too much has changed: this is a whole one.
    return keep(place, news, key);
  }
  if (process.stderr.isTTY) say('Making a filter of the suppression list, once …');
  return keep(place, await ask(), key);
}

function besideDatabase({ config }: Client, stream: string | null): string | null {
  if (config?.database.kind !== 'file') return null;
  return `${config.database.file}${stream === null ? '' : `.${stream.replace(/[^A-Za-z0-9_.-]/g, '_')}`}.filter`;
}

/** Null where there is none, or it is not one of ours: it is made anew. */
async function readKnown(file: string, key: string): Promise<Filter | null> {
  if (!existsSync(file)) return null;
  try {
    return await openFilter(readFileSync(file), key);
  } catch (error) {
    if (error instanceof FilterError) return null;
    throw error;
  }
}

async function keep(file: string | null, bytes: Uint8Array, key: string): Promise<Filter> {
  const filter = await openFilter(bytes, key);
  if (file !== null) await writeWhole(file, bytes);
  return filter;
}
