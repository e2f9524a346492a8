/** The file of a configuration that names one. */
import type { Config } from '../src/config.ts';

export function fileOf({ database }: Pick<Config, 'database'>): string {
  if (database.kind !== 'file') throw new Error('no file');
  return database.file;
}
