/** Records as JSON, however they are packed: one, an array, one a line, or a form. A record that cannot be read loses only itself. */
import { err, ok, type Result } from '../core/result.ts';
import type { Delivery, Item, ParseError, RawRequest } from './adapter.ts';
import { isForm, parseForm } from './form.ts';
import { type Json, unreadable } from './item.ts';
import { isRecord, jsonLimits, parseJson } from './json.ts';
import { decodeUtf8 } from './verify/bytes.ts';

/** `read` sees objects only. */
export function readRecords(
  body: Uint8Array,
  read: (record: Json) => readonly Item[],
): Result<Delivery, ParseError> {
  const whole = parseJson(body);
  const records = whole.ok
    ? ok([whole.value].flat().map((value) => ok(value)))
    : readLines(body, whole.error);
  if (!records.ok) return err({ why: records.error });
  const items = records.value.flatMap((record): readonly Item[] => {
    if (!record.ok) return [unreadable(`a line is ${record.error.why}`, record.error.line)];
    return isRecord(record.value) ? read(record.value) : [unreadable('not an object', record.value)];
  });
  return ok({ type: 'items', items });
}

/** One record as a form, of whose repeated fields the first counts, or one or an array as JSON: as the Content-Type says. */
export function formOrJson({
  headers,
  body,
}: Pick<RawRequest, 'headers' | 'body'>): Result<readonly unknown[], string> {
  const contentType = headers.get('content-type');
  if (!isForm(contentType)) {
    const json = parseJson(body);
    return json.ok ? ok([json.value].flat()) : json;
  }
  const form = parseForm(contentType, body);
  return form.ok ? ok([Object.fromEntries(form.value.toReversed())]) : form;
}

type Line = Result<unknown, { readonly why: string; readonly line: string }>;

/** NDJSON by its looks: objects from the first byte on, of which one can be read. */
function readLines(body: Uint8Array, whyNotOne: string): Result<Line[], string> {
  const text = (decodeUtf8(body) ?? '').replace(/^\ufeff/, '');
  if (!text.trimStart().startsWith('{')) return err(whyNotOne);
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const { itemsPerArray } = jsonLimits;
  if (lines.length > itemsPerArray) return err(`more than ${itemsPerArray} lines`);
  const records = lines.map((line): Line => {
    const value = parseJson(line);
    return value.ok ? value : err({ why: value.error, line });
  });
  return records.some((record) => record.ok && isRecord(record.value)) ? ok(records) : err(whyNotOne);
}
