/** A browser without JavaScript, as far as tests of pages need one. */
import { ADMIN, type Harness } from './harness.ts';

const ORIGIN = 'http://localhost';

export type Fields = Record<string, string> | readonly (readonly [string, string])[];

export interface Visitor {
  get(path: string): Promise<Response>;
  submit(path: string, fields: Fields): Promise<Response>;
}

export async function visitor(mailstop: Harness, key = ADMIN): Promise<Visitor> {
  const post = (path: string, fields: Fields, cookie: string) =>
    mailstop.fetch(
      new Request(`${ORIGIN}${path}`, {
        method: 'POST',
        headers: { origin: ORIGIN, 'content-type': 'application/x-www-form-urlencoded', cookie },
        body: new URLSearchParams(fields as Record<string, string>).toString(),
      }),
    );
  const signedIn = await post('/sign-in', { key }, '');
  const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
  return {
    get: (path) => mailstop.fetch(new Request(`${ORIGIN}${path}`, { headers: { cookie } })),
    submit: (path, fields) => post(path, fields, cookie),
  };
}

/** What is read, without the marks. */
export const textOf = async (answer: Response): Promise<string> =>
  (await answer.text())
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ');
