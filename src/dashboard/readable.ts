/** A body as people read it: JSON indented, a form a line a field. Pure. */

export const readableLimits = {
  /** Characters that are shown. */
  shown: 100_000,
  /** Of a longer one its form is not looked for. */
  formed: 1_000_000,
} as const;

export interface Readable {
  readonly text: string;
  /** Characters that are left out. */
  readonly more: number;
}

export function readable(body: string, contentType: string): Readable {
  const text = body.length > readableLimits.formed ? body : formed(body, contentType);
  return {
    text: text.slice(0, readableLimits.shown),
    more: Math.max(0, text.length - readableLimits.shown),
  };
}

function formed(body: string, contentType: string): string {
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType))
    return [...new URLSearchParams(body)]
      .map(([name, value]) => `${name} = ${indented(value) ?? value}`)
      .join('\n');
  return indented(body) ?? linesOf(body) ?? body;
}

/** Null where it is no JSON object or list. */
function indented(text: string): string | null {
  if (!/^\s*[{[]/.test(text)) return null;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return null;
  }
}

/** NDJSON; null where a line is something else. */
function linesOf(text: string): string | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const read = lines.map(indented);
  return lines.length > 1 && read.every((line) => line !== null) ? read.join('\n') : null;
}
