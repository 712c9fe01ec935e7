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

/** What a caller gives may be readonly; what it gets is its own. */
export type PrintedArrays = 'readonly' | 'mutable';

/** Prints the TypeScript type of what a schema takes, laid out as the formatter does. */
export function printSchemaType(schema: Schema, arrays: PrintedArrays, indent = ''): string {
  if (schema.const !== undefined) return `'${schema.const}'`;
  if (schema.enum !== undefined) return schema.enum.map((value) => `'${value}'`).join(' | ');
  if (schema.anyOf !== undefined)
    return schema.anyOf.map((inner) => printSchemaType(inner, arrays, indent)).join(' | ');
  if (schema.type === 'array') {
    const item = printSchemaType(schema.items ?? {}, arrays, indent);
    return `${arrays === 'readonly' ? 'readonly ' : ''}${item}[]`;
  }
  if (schema.type === 'object') return printObject(schema, arrays, indent);
  return schema.type ?? 'unknown';
}

function printObject(schema: Schema, arrays: PrintedArrays, indent: string): string {
  const inner = `${indent}  `;
  const required = new Set(schema.required);
  const members = Object.entries(schema.properties ?? {}).map(
    ([name, member]) =>
      `${inner}${name}${required.has(name) ? '' : '?'}: ${printSchemaType(member, arrays, inner)};`,
  );
  if (schema.additionalProperties !== false) members.push(`${inner}[extra: string]: unknown;`);
  return `{\n${members.join('\n')}\n${indent}}`;
}
