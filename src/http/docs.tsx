/** /docs: the API as one page, made from its OpenAPI document. No script, and nothing from other hosts. */
import type { oas31 } from 'zod-openapi';
import { fieldsOf, resolve, type Schema, type Schemas, typeName } from './docs-schema.ts';
import { docsCss } from './docs-style.ts';
import type { Document } from './openapi.ts';

const policy =
  "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

export function docsPage(document: Document): Response {
  const html = `<!doctype html>${<Page document={document} />}`;
  return new Response(html, {
    headers: { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': policy },
  });
}

export const docsStyle = (): Response =>
  new Response(docsCss, {
    headers: { 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': 'public, max-age=3600' },
  });

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly id: string;
  readonly of: oas31.OperationObject;
}

const methods = ['get', 'post', 'put', 'patch', 'delete', 'options'] as const;

const operationsOf = (document: Document): Operation[] =>
  Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const of = (item as oas31.PathItemObject)[method];
      return of === undefined
        ? []
        : [{ method: method.toUpperCase(), path, id: of.operationId ?? `${method}-${path}`, of }];
    }),
  );

const Page = ({ document }: { document: Document }) => {
  const groups = Map.groupBy(operationsOf(document), ({ of }) => of.tags?.[0] ?? 'Other');
  const schemas: Schemas = document.components?.schemas ?? {};
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Mailstop API</title>
        <link rel="stylesheet" href="/docs.css" />
      </head>
      <body>
        <a class="skip" href="#content">
          Skip to the endpoints
        </a>
        <nav aria-label="Endpoints">
          <h1>Mailstop API</h1>
          {[...groups].map(([tag, operations]) => (
            <section>
              <h2>{tag}</h2>
              <ul>
                {operations.map(({ method, path, id }) => (
                  <li>
                    <a href={`#${id}`}>
                      <span class="method">{method}</span> {path}
                    </a>
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </nav>
        <main id="content">
          <p class="lead">{document.info.description}</p>
          <p>
            Send your key as <code>Authorization: Bearer &lt;key&gt;</code>. The same as data:{' '}
            <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1).
          </p>
          {[...groups].map(([tag, operations]) => (
            <section>
              <h2>{tag}</h2>
              {operations.map((operation) => (
                <Endpoint operation={operation} schemas={schemas} />
              ))}
            </section>
          ))}
        </main>
      </body>
    </html>
  );
};

const Endpoint = ({
  operation: { method, path, id, of },
  schemas,
}: {
  operation: Operation;
  schemas: Schemas;
}) => {
  const scope: unknown = of['x-scope' as keyof typeof of];
  const parameters = (of.parameters ?? []).filter((one): one is oas31.ParameterObject => !('$ref' in one));
  const body = of.requestBody === undefined || '$ref' in of.requestBody ? undefined : of.requestBody;
  return (
    <article id={id}>
      <h3>
        <span class="method">{method}</span> <code>{path}</code>
        <span class="scope">{typeof scope === 'string' ? `scope ${scope}` : 'no key'}</span>
      </h3>
      <p>
        {of.summary}. {of.description ?? ''}
      </p>
      {parameters.length > 0 && (
        <table>
          <caption>Parameters</caption>
          <tbody>
            {parameters.map((one) => (
              <Field
                name={`${one.name}${one.in === 'path' ? ' (in the path)' : ''}`}
                schema={one.schema ?? {}}
                required={one.required === true}
                schemas={schemas}
                depth={0}
              />
            ))}
          </tbody>
        </table>
      )}
      {body !== undefined && <Content title="Body" content={body.content} schemas={schemas} />}
      {Object.entries(of.responses ?? {}).map(([status, answer]) =>
        status === 'default' || '$ref' in answer ? null : (
          <details open={status.startsWith('2')}>
            <summary>
              <b>{status}</b> {answer.description}
            </summary>
            {status.startsWith('2') && answer.content !== undefined && (
              <Content title="Answer" content={answer.content} schemas={schemas} />
            )}
          </details>
        ),
      )}
    </article>
  );
};

const Content = ({
  title,
  content,
  schemas,
}: {
  title: string;
  content: oas31.ContentObject;
  schemas: Schemas;
}) => {
  const schema = content['application/json']?.schema;
  if (schema === undefined) {
    return (
      <p>
        {title}: <code>{Object.keys(content).join(', ')}</code>
      </p>
    );
  }
  return (
    <table>
      <caption>{title}, application/json</caption>
      <tbody>
        <Fields schema={schema} schemas={schemas} depth={0} />
      </tbody>
    </table>
  );
};

/** Deep enough for every answer there is; a list that held itself would end here. */
const MAX_DEPTH = 5;

const Fields = ({ schema, schemas, depth }: { schema: Schema; schemas: Schemas; depth: number }) => {
  const of = fieldsOf(schema, schemas);
  return (
    <>
      {Object.entries(of.properties ?? {}).map(([name, field]) => (
        <Field
          name={name}
          schema={field}
          required={of.required?.includes(name) === true}
          schemas={schemas}
          depth={depth}
        />
      ))}
    </>
  );
};

const Field = ({
  name,
  schema,
  required,
  schemas,
  depth,
}: {
  name: string;
  schema: Schema;
  required: boolean;
  schemas: Schemas;
  depth: number;
}) => {
  const of = resolve(schema, schemas);
  return (
    <>
      <tr>
        <th scope="row" class={`depth-${depth}`}>
          <code>{name}</code>
        </th>
        <td>{typeName(schema, schemas)}</td>
        <td>
          {required ? '' : 'optional. '}
          {of.description ?? ''}
        </td>
      </tr>
      {depth < MAX_DEPTH && <Fields schema={schema} schemas={schemas} depth={depth + 1} />}
    </>
  );
};
