/** Paths whose percent-encoding is no UTF-8: half decoded, one would name another mailbox than whoever wrote it means. */
import { invalid, type Problem, refuse } from './problem.ts';

const WHY = 'is no percent-encoded UTF-8; write é as %C3%A9, and % itself as %25';

/** `route`: in hono's form, whose parameters name what is wrong. */
export function misencoded(url: string, route: string): Problem | null {
  // Nearly all are sound, and parsing a URL costs more than all else that is done here.
  if (!url.includes('%') || isDecodable(url)) return null;
  const parts = new URL(url).pathname.split('/');
  const wrong = parts.findIndex((part) => !isDecodable(part));
  if (wrong === -1) return null;
  const place = route.split('/')[wrong] ?? '';
  return place.startsWith(':') ? invalid(`/${place.slice(1)}`, WHY) : refuse(400, `The path ${WHY}.`);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
