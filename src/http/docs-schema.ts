/** JSON schemas as a reader wants them: fields and short type names. */
import type { oas31 } from 'zod-openapi';

export type Schema = oas31.SchemaObject | oas31.ReferenceObject;
export type Schemas = Readonly<Record<string, Schema>>;

export function resolve(schema: Schema, schemas: Schemas): oas31.SchemaObject {
  if (!('$ref' in schema) || schema.$ref === undefined) return schema as oas31.SchemaObject;
  const found = schemas[schema.$ref.replace('#/components/schemas/', '')];
  return found === undefined ? {} : resolve(found, schemas);
}

/** The object whose fields are to be shown: the schema, what a list holds, or the first of several that is one. */
export function fieldsOf(schema: Schema, schemas: Schemas): oas31.SchemaObject {
  const of = resolve(schema, schemas);
  if (of.items !== undefined) return fieldsOf(of.items, schemas);
  const variants = of.anyOf ?? of.oneOf;
  return variants === undefined
    ? of
    : (variants.map((one) => fieldsOf(one, schemas)).find((one) => one.properties !== undefined) ?? {});
}

export function typeName(schema: Schema, schemas: Schemas): string {
  const of = resolve(schema, schemas);
  if (of.enum !== undefined) return of.enum.map((one) => JSON.stringify(one)).join(' | ');
  if (of.const !== undefined) return JSON.stringify(of.const);
  if (of.items !== undefined) return `list of ${typeName(of.items, schemas)}`;
  const variants = of.anyOf ?? of.oneOf;
  if (variants !== undefined) return [...new Set(variants.map((one) => typeName(one, schemas)))].join(' | ');
  if (of.format === 'date-time') return `time${Array.isArray(of.type) ? ' | null' : ''}`;
  return Array.isArray(of.type) ? of.type.join(' | ') : (of.type ?? 'any');
}
