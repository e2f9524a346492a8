/** What a browser does at the pages: signs in, opens, submits, from our own origin. */
import { ADMIN, type Harness } from './harness.ts';

export const ORIGIN = 'http://localhost';

export interface Browser {
  get(path: string): Promise<Response>;
  submit(path: string, fields: Record<string, string> | URLSearchParams): Promise<Response>;
  /** A form with a file. */
  upload(path: string, form: FormData, headers?: Record<string, string>): Promise<Response>;
}

export async function browse(mailstop: Harness, key = ADMIN): Promise<Browser> {
  const post = (path: string, body: BodyInit, headers: Record<string, string>) =>
    mailstop.fetch(
      new Request(`${ORIGIN}${path}`, { method: 'POST', headers: { origin: ORIGIN, ...headers }, body }),
    );
  const asForm = { 'content-type': 'application/x-www-form-urlencoded' };
  const signed = await post('/sign-in', new URLSearchParams({ key }).toString(), asForm);
  const cookie = (signed.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
  return {
    get: (path) => mailstop.fetch(new Request(`${ORIGIN}${path}`, { headers: { cookie } })),
    submit: (path, fields) => post(path, new URLSearchParams(fields).toString(), { ...asForm, cookie }),
    async upload(path, form, headers = {}) {
      // As bytes: a form that is still being read when it is refused breaks off loudly in undici.
      const sent = new Request(ORIGIN, { method: 'POST', body: form });
      const type = sent.headers.get('content-type') ?? '';
      return post(path, await sent.arrayBuffer(), { 'content-type': type, cookie, ...headers });
    },
  };
}

export const textOf = async (answer: Response): Promise<string> =>
  (await answer.text())
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ');

/** Addresses that a page links to. */
export const addressesIn = (html: string): string[] =>
  [...html.matchAll(/\/address\?address=([^"]+)"/g)].map(([, address]) => decodeURIComponent(address ?? ''));

/** The value of a hidden field. */
export const fieldOf = (html: string, name: string): string =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '';
