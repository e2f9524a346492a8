/** One JSON line for each thing that happened. Fields are chosen here, so that no address or secret can slip in. */

export type Level = 'debug' | 'info' | 'warn' | 'error';

/** The only fields a line may carry. None of them ever holds an address, a body or a secret. */
export interface LogFields {
  readonly request_id?: string;
  readonly method?: string;
  /** The route's pattern, never the path: paths hold source ids and addresses. */
  readonly route?: string;
  readonly status?: number;
  readonly duration_ms?: number;
  readonly provider?: string;
  readonly source?: string;
  readonly why?: string;
  readonly accepted?: number;
  readonly duplicates?: number;
  readonly ignored?: number;
  readonly quarantined?: number;
  readonly error?: string;
  readonly port?: number;
  readonly rows?: number;
  readonly version?: string;
  readonly incident?: string;
  readonly webhook?: string;
}

export type Log = (level: Level, message: string, fields?: LogFields) => void;

export const createLog =
  (write: (line: string) => void, now: () => number, least: Level = 'info'): Log =>
  (level, message, fields = {}) => {
    if (levels.indexOf(level) < levels.indexOf(least)) return;
    write(lineOf(now(), level, message, fields));
  };

export const lineOf = (at: number, level: Level, message: string, fields: LogFields): string =>
  JSON.stringify({ at: new Date(at).toISOString(), level, message, ...fields });

const levels: readonly Level[] = ['debug', 'info', 'warn', 'error'];

/** What may be said of an exception: its name and its message with addresses masked. */
export { maskAddresses as safeMessage } from '../core/mask.ts';
