/** Return paths that make the bounces which come back to them provable. */
import * as z from 'zod';
import { canonicalAddress } from '../../core/address.ts';
import { keyedPath, readBounceAddress } from '../../core/return-path.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { json, refuse } from '../problem.ts';
import { checkLimits } from './check.ts';

const resultShape = z.object({
  address: z.string().meta({ description: 'as sent' }),
  return_path: z.string().nullable().meta({ description: 'null = the address cannot be read' }),
  error: z.literal('invalid-address').nullable(),
});

export const returnPathEndpoints: readonly Endpoint[] = [
  endpoint({
    tag: 'Bounce mail',
    method: 'post',
    path: '/v1/return-paths',
    summary: 'Make return paths (MAIL FROM), one for each recipient',
    description:
      'A bounce that comes back to one proves that it is about this recipient. The same each time, so that it may be kept.',
    scope: 'write', // whoever has the return path of an address can report it as bounced
    body: z.strictObject({
      addresses: z.array(z.string()),
      return_path: z.string().optional().meta({
        description:
          'where bounces go, such as bounces@example.org; default: bounces@ the host of MAILSTOP_PUBLIC_URL',
      }),
    }),
    bodyLimit: checkLimits.bodyBytes,
    answers: {
      200: {
        description: 'one result for each address, in the same order',
        schema: z.object({ results: z.array(resultShape) }),
      },
      413: { description: 'more than 10,000 addresses, or 4 MiB' },
      422: { description: 'the return path cannot carry a tag' },
    },
    async handle({ services, caller, body }) {
      if (body.addresses.length > checkLimits.addresses)
        return refuse(413, 'More than 10,000 addresses; send them in parts.');
      const { publicUrl } = services.settings;
      const given = body.return_path ?? (publicUrl === null ? '' : `bounces@${new URL(publicUrl).hostname}`);
      const base = readBounceAddress(given);
      if (!base.ok)
        return refuse(422, `return_path ${base.error}.`, [{ pointer: '/return_path', detail: base.error }]);
      const results = await Promise.all(
        body.addresses.map(async (address) => {
          const canonical = canonicalAddress(address);
          if (!canonical.ok) return { address, return_path: null, error: 'invalid-address' };
          const tag = await services.returnPaths.tagOf(caller.tenant, canonical.value);
          return { address, return_path: keyedPath(base.value, tag, canonical.value), error: null };
        }),
      );
      return json({ results });
    },
  }),
];
