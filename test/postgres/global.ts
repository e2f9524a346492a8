/** One server for all files of this folder; one that runs already, by MAILSTOP_TEST_POSTGRES_URL. */
import type { TestProject } from 'vitest/node';
import { createPostgres } from './server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    readonly postgresUrl: string;
  }
}

export default async function setUp({ provide }: TestProject): Promise<() => Promise<void>> {
  const given = process.env.MAILSTOP_TEST_POSTGRES_URL;
  if (given) {
    provide('postgresUrl', given);
    return async () => {};
  }
  const server = await createPostgres();
  await server.start();
  provide('postgresUrl', server.url);
  return () => server.remove();
}
