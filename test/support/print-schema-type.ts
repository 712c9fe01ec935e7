/** A JSON Schema, as far as the published ones go. */
export interface Schema {
  readonly type?: string;
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
}

/**
 * What a caller gives may be readonly, and an interface: one fits an open object only where that
 * takes `any`. What a caller gets is its own, and nothing is known of what else is in it.
 */
export type PrintedFor = 'giving' | 'getting';

const wordsFor: Readonly<Record<PrintedFor, { readonly array: string; readonly extra: string }>> = {
  giving: { array: 'readonly ', extra: 'any' },
  getting: { array: '', extra: 'unknown' },
};

/** Prints the TypeScript type of what a schema takes, laid out as the formatter does. */
export function printSchemaType(schema: Schema, use: PrintedFor, indent = ''): string {
  if (schema.const !== undefined) return `'${schema.const}'`;
  if (schema.enum !== undefined) return schema.enum.map((value) => `'${value}'`).join(' | ');
  if (schema.anyOf !== undefined)
    return schema.anyOf.map((inner) => printSchemaType(inner, use, indent)).join(' | ');
  if (schema.type === 'array') {
    const item = printSchemaType(schema.items ?? {}, use, indent);
    return `${wordsFor[use].array}${item}[]`;
  }
  if (schema.type === 'object') return printObject(schema, use, indent);
  return schema.type ?? 'unknown';
}

function printObject(schema: Schema, use: PrintedFor, indent: string): string {
  const inner = `${indent}  `;
  const required = new Set(schema.required);
  const members = Object.entries(schema.properties ?? {}).map(
    ([name, member]) =>
      `${inner}${name}${required.has(name) ? '' : '?'}: ${printSchemaType(member, use, inner)};`,
  );
  if (schema.additionalProperties !== false)
    members.push(`${inner}[extra: string]: ${wordsFor[use].extra};`);
  return `{\n${members.join('\n')}\n${indent}}`;
}
