/** Every provider whole: each label that its page documents has a row, and each row is documented. */
import { describe, expect, test } from 'vitest';
import type { Item, RawRequest } from '../../src/providers/adapter.ts';
import { providers } from '../../src/providers/registry.ts';
import { samplers } from '../../src/samples/registry.ts';
import { proofs } from '../fuzz/proofs.ts';
import type { Documented, Say } from './documented/documented.ts';
import { documentedOf } from './documented/registry.ts';
import { requestSaying } from './documented/request.ts';

const TO = 'ann@example.com';

function requestOf(documented: Documented, say: Say): RawRequest {
  const { method, search, headers, body } = requestSaying(documented, say, TO);
  const url = new URL(`https://mailstop.example/webhooks/test${search}`);
  return { method, url, headers: new Headers(headers), body: new TextEncoder().encode(body) };
}

test('every provider is documented, and nothing else', () => {
  expect(Object.keys(documentedOf).sort()).toEqual(providers.map(({ id }) => id).sort());
});

describe.each(providers)('$id', (adapter) => {
  const documented = documentedOf[adapter.id] as Documented;
  const { labels } = adapter;

  async function read(say: Say): Promise<readonly Item[]> {
    const parsed = await adapter.parse(requestOf(documented, say));
    if (!parsed.ok || parsed.value.type !== 'items') throw new Error(`not read: ${JSON.stringify(parsed)}`);
    return parsed.value.items;
  }

  test('has a row for each label of its page, and no other', () => {
    expect(Object.keys(labels).sort()).toEqual(Object.keys(documented.labels).sort());
  });

  // Else it would be held to be no more than a soft failure: classify.ts takes a cause by its category.
  test('says of each label that names the cause which it is', () => {
    const meanings = Object.values(labels).filter((meaning) => meaning !== 'ignored');
    expect(meanings.filter(({ proof, category }) => proof === 'cause' && category === undefined)).toEqual([]);
  });

  test.each(Object.entries(documented.labels))('takes %s for what its row says', async (label, say) => {
    const [item, ...more] = await read(say);
    expect(more).toEqual([]);
    if (item?.type === 'event') {
      expect(item.event.meaning).toEqual(labels[label]);
      expect([item.event.recipient].flat()).toContain(TO);
      expect(`${label}/`.startsWith(`${item.event.providerType}/`), item.event.providerType).toBe(true);
    } else {
      expect(item).toMatchObject({ type: 'ignored', known: true });
      expect(labels[label]).toBe('ignored');
      expect(`${label}/`.startsWith(`${(item as { label: string }).label}/`)).toBe(true);
    }
  });

  test('T085 ignores a label that is new, and says that it does not know it', async () => {
    const [label, say] = documented.novelty;
    expect(await read(say)).toEqual([{ type: 'ignored', label, known: false }]);
  });

  test('tells how to set it up, has samples to send, and a case for what its proof covers', () => {
    expect(adapter.setup.length).toBeGreaterThan(0);
    for (const step of adapter.setup) expect(step).toMatch(/^[A-Z].{15,300}\.$/);
    for (const fact of adapter.unverified ?? []) expect(fact).toMatch(/^[A-Z].{15,400}\.$/);
    expect(samplers.map(({ provider }) => provider)).toContain(adapter.id);
    expect(Object.keys(proofs)).toContain(adapter.id);
  });
});
