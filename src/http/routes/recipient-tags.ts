/** Tags that prove, where a provider sends them back, that a report is about a message of ours. */
import * as z from 'zod';
import { configure } from '../../app/configure.ts';
import { canonicalAddress } from '../../core/address.ts';
import { TAG_NAME } from '../../providers/echo.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { json, refuse } from '../problem.ts';
import { checkLimits } from './check.ts';

const resultShape = z.object({
  address: z.string().meta({ description: 'as sent' }),
  tag: z.string().nullable().meta({ description: 'null = the address cannot be read' }),
  error: z.literal('invalid-address').nullable(),
});

export const recipientTagEndpoints: readonly Endpoint[] = [
  endpoint({
    tag: 'Recipient tags',
    method: 'post',
    path: '/v1/recipient-tags',
    summary: 'Make tags, one for each recipient',
    description: `Attach each to the message of its recipient as ${TAG_NAME}. The same each time, so that it may be kept.`,
    scope: 'write', // whoever has the tag of an address can report it as bounced
    body: z.strictObject({ addresses: z.array(z.string()) }),
    bodyLimit: checkLimits.bodyBytes,
    answers: {
      200: {
        description: 'one result for each address, in the same order',
        schema: z.object({ results: z.array(resultShape) }),
      },
      413: { description: 'more than 10,000 addresses, or 4 MiB' },
    },
    async handle({ services, caller, body }) {
      if (body.addresses.length > checkLimits.addresses)
        return refuse(413, 'More than 10,000 addresses; send them in parts.');
      const results = await Promise.all(
        body.addresses.map(async (address) => {
          const canonical = canonicalAddress(address);
          if (!canonical.ok) return { address, tag: null, error: 'invalid-address' };
          const made = await services.recipientTags.tagOf(caller.tenant, canonical.value);
          return { address, tag: made, error: null };
        }),
      );
      return json({ results });
    },
  }),
  endpoint({
    tag: 'Recipient tags',
    method: 'post',
    path: '/v1/recipient-tags/key',
    summary: 'Show the key, for senders that make the tags themselves',
    description: 'Who has it can report any address of the tenant as bounced. Showing it is audited.',
    scope: 'admin',
    answers: {
      200: {
        description: 'how: docs/recipient-tags.md',
        schema: z.object({ name: z.string(), key: z.string() }),
      },
    },
    async handle({ services, caller: { tenant, actor } }) {
      const key = await services.recipientTags.keyOf(tenant);
      await configure(services, async () => ({
        change: [],
        note: { tenant, actor, action: 'recipient-tags.key', subject: tenant, detail: {} },
        value: true,
      }));
      return json({ name: TAG_NAME, key });
    },
  }),
];
