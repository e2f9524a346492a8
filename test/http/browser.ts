/** Somebody who is signed in to the pages of the app under test: what they see, and the forms they send. */
import type { Harness } from './harness.ts';

export const ORIGIN = 'http://localhost';

export interface Browser {
  get(path: string): Promise<Response>;
  html(path: string): Promise<string>;
  /** What a person reads there. */
  text(path: string): Promise<string>;
  submit(path: string, fields: Record<string, string>): Promise<Response>;
  read(answer: Response): Promise<string>;
  textOf(html: string): string;
}

/** `with`: a key, or the fields of the form. */
export async function browser(
  mailstop: Pick<Harness, 'fetch'>,
  signInWith: string | Record<string, string>,
): Promise<Browser> {
  let cookie = '';
  const get = (path: string) => mailstop.fetch(new Request(`${ORIGIN}${path}`, { headers: { cookie } }));
  const submit = (path: string, fields: Record<string, string>) =>
    mailstop.fetch(
      new Request(`${ORIGIN}${path}`, {
        method: 'POST',
        headers: { origin: ORIGIN, cookie, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(fields).toString(),
      }),
    );
  const fields = typeof signInWith === 'string' ? { key: signInWith } : signInWith;
  const answer = await submit('/sign-in', fields);
  cookie = (answer.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
  const textOf = (html: string) =>
    html
      .replace(/<[^>]*>/g, ' ')
      .replaceAll('&quot;', '"')
      .replace(/\s+/g, ' ');
  const html = async (path: string) => (await get(path)).text();
  return {
    get,
    html,
    text: async (path) => textOf(await html(path)),
    submit,
    read: async (told) => textOf(await told.text()),
    textOf,
  };
}
