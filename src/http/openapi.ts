/** OpenAPI 3.1, made from the endpoints themselves. */
import * as z from 'zod';
import {
  createDocument,
  type oas31,
  type ZodOpenApiOperationObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import type { Endpoint } from './endpoint.ts';

export type Document = oas31.OpenAPIObject;

const problemShape = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z.array(
      z.object({
        pointer: z.string().meta({ description: 'JSON pointer to the field' }),
        detail: z.string(),
      }),
    ),
    request_id: z.string(),
  })
  .meta({ id: 'Problem' });

export function documentOf(endpoints: readonly Endpoint[]): Document {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const of of endpoints) {
    const path = of.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [of.method]: operationOf(of) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Mailstop',
      version: '1',
      description:
        'Takes in what email providers report, keeps the suppression list, and answers before each send. Times are RFC 3339 UTC, codes are strings.',
    },
    paths,
    components: {
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description: 'an API key; scopes check, read, write, release, admin (admin includes all)',
        },
      },
    },
  }) as Document;
}

function operationOf(of: Endpoint): ZodOpenApiOperationObject {
  return {
    operationId: `${of.method}${of.path
      .replace(/^\/(v1\/)?/, '')
      .replace(/\W+(\w)/g, (_all, letter: string) => letter.toUpperCase())
      .replace(/^\w/, (letter) => letter.toUpperCase())}`,
    tags: [of.tag],
    summary: of.summary,
    ...(of.description === undefined ? {} : { description: of.description }),
    security: of.scope === null ? [] : [{ key: [] }],
    ...(of.scope === null ? {} : { 'x-scope': of.scope }),
    requestParams: {
      ...(of.params === undefined ? {} : { path: of.params }),
      ...(of.query === undefined || of.query === 'any' ? {} : { query: of.query }),
    },
    ...bodyOf(of),
    responses: responsesOf(of),
  };
}

function bodyOf(of: Endpoint): Pick<ZodOpenApiOperationObject, 'requestBody'> {
  if (of.takes === undefined && of.body === undefined) return {};
  const types = of.takes?.length === 0 ? ['*/*'] : (of.takes ?? []);
  return {
    requestBody: {
      required: of.body?.safeParse(undefined).success !== true,
      content: {
        ...(of.body === undefined ? {} : { 'application/json': { schema: of.body } }),
        ...Object.fromEntries(types.map((type) => [type, { schema: { type: 'string' as const } }])),
      },
    },
  };
}

function responsesOf(of: Endpoint): ZodOpenApiResponsesObject {
  const problem = { 'application/problem+json': { schema: problemShape } };
  const told = Object.entries(of.answers).map(([status, { description, schema, types }]) => {
    const text = Object.fromEntries(
      (types ?? []).map((type) => [type, { schema: { type: 'string' as const } }]),
    );
    const content =
      Number(status) >= 400
        ? problem
        : { ...(schema === undefined ? {} : { 'application/json': { schema } }), ...text };
    return [status, { description, ...(Object.keys(content).length === 0 ? {} : { content }) }] as const;
  });
  return { ...Object.fromEntries(told), default: { description: 'a problem', content: problem } };
}
