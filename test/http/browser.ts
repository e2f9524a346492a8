/** A browser without JavaScript, as far as tests of pages need one: signs in, opens, submits, from our own origin. */
import { ADMIN, type Harness } from './harness.ts';

export const ORIGIN = 'http://localhost';

type Fields = Record<string, string> | URLSearchParams | readonly (readonly [string, string])[];

export interface Browser {
  get(path: string): Promise<Response>;
  html(path: string): Promise<string>;
  /** What a person reads there. */
  text(path: string): Promise<string>;
  submit(path: string, fields: Fields): Promise<Response>;
  /** A form with a file. */
  upload(path: string, form: FormData, headers?: Record<string, string>): Promise<Response>;
}

/** Signed in with a key, or with the fields of the form. */
export async function browse(
  mailstop: Pick<Harness, 'fetch'>,
  signInWith: string | Record<string, string> = ADMIN,
): Promise<Browser> {
  let cookie = '';
  const post = (path: string, body: BodyInit, headers: Record<string, string>) =>
    mailstop.fetch(
      new Request(`${ORIGIN}${path}`, {
        method: 'POST',
        headers: { origin: ORIGIN, cookie, ...headers },
        body,
      }),
    );
  const submit = (path: string, fields: Fields) =>
    post(path, new URLSearchParams(fields as Record<string, string>).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
    });
  const get = (path: string) => mailstop.fetch(new Request(`${ORIGIN}${path}`, { headers: { cookie } }));
  const html = async (path: string) => (await get(path)).text();
  const signedIn = await submit(
    '/sign-in',
    typeof signInWith === 'string' ? { key: signInWith } : signInWith,
  );
  cookie = (signedIn.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
  return {
    get,
    html,
    text: async (path) => textIn(await html(path)),
    submit,
    async upload(path, form, headers = {}) {
      // As bytes: a form that is still being read when it is refused breaks off loudly in undici.
      const sent = new Request(ORIGIN, { method: 'POST', body: form });
      const type = sent.headers.get('content-type') ?? '';
      return post(path, await sent.arrayBuffer(), { 'content-type': type, ...headers });
    },
  };
}

/** What is read, without the marks. */
export const textIn = (html: string): string =>
  html
    .replaceAll('<wbr/>', '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ');

export const textOf = async (answer: Response): Promise<string> => textIn(await answer.text());

/** Addresses that a page links to. */
export const addressesIn = (html: string): string[] =>
  [...html.matchAll(/\/address\?address=([^"]+)"/g)].map(([, address]) => decodeURIComponent(address ?? ''));

/** The value of a hidden field. */
export const fieldOf = (html: string, name: string): string =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '';
