/** The little of Cloudflare's test modules that we use: its own types would clash with those of the web and of Node. */
declare module 'cloudflare:test' {
  export interface D1Migration {
    readonly name: string;
    readonly queries: string[];
  }
  export function applyD1Migrations(
    db: import('../../src/store/d1.ts').D1Binding,
    migrations: D1Migration[],
  ): Promise<void>;
  /** Deletes what all bindings hold. */
  export function reset(): Promise<void>;
}

declare module 'cloudflare:workers' {
  export const env: {
    readonly DB: import('../../src/store/d1.ts').D1Binding;
    readonly MIGRATIONS: import('cloudflare:test').D1Migration[];
  };
}

declare module '*?raw' {
  const text: string;
  export default text;
}
