import type { Config } from '../src/config.ts';

/** Of a server on a file, on any free port, with nothing else set. */
export const configOf = (file: string, adminKey: string): Config => ({
  port: 0,
  database: { kind: 'file', file },
  adminKey,
  publicUrl: null,
  mxResolver: null,
  secret: null,
  pepper: null,
  alerts: null,
});
