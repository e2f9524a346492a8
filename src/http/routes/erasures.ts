/** Erasing an address: a keyed hash stands for it from then on. */
import * as z from 'zod';
import { canonicalAddress } from '../../core/address.ts';
import { isHashed } from '../../core/pseudonym.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { invalid, json } from '../problem.ts';

const shape = z.object({
  dry_run: z.boolean(),
  rows: z.int().meta({ description: 'events, entries, acts and changes that tell of it' }),
  receipts: z
    .int()
    .nullable()
    .meta({ description: 'requests that were rewritten; null where nothing was done' }),
  pseudonym: z.string().nullable().meta({ description: 'the keyed hash that stands for it' }),
});

export const erasureEndpoints: readonly Endpoint[] = [
  endpoint({
    tag: 'Running it',
    method: 'post',
    path: '/v1/erasures',
    summary: 'Erase an address',
    description:
      'A keyed hash takes its place in every table, and in kept requests; it stays suppressed, and whoever asks for it is answered as before. There is no way back. With dry_run nothing changes.',
    scope: 'admin',
    body: z.strictObject({ address: z.string(), dry_run: z.boolean().optional() }),
    answers: {
      200: { description: 'what would be erased', schema: shape },
      201: { description: 'erased', schema: shape },
    },
    async handle({ services: { erasures }, caller, body }) {
      const address = canonicalAddress(body.address);
      if (!address.ok) return invalid('/address', `is not an address: ${address.error}`);
      if (isHashed(address.value))
        return invalid(
          '/address',
          'is a hash; give the address itself, for which kept requests are searched',
        );
      if (body.dry_run === true) {
        const rows = await erasures.count(caller, address.value);
        return json({ dry_run: true, rows, receipts: null, pseudonym: null });
      }
      return json({ dry_run: false, ...(await erasures.erase(caller, address.value)) }, 201);
    },
  }),
];
