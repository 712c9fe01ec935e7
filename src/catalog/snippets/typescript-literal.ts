import type { LiteralSyntax } from './literal.ts';
import { quotedText } from './literal.ts';

const plainName = /^[A-Za-z_$][\w$]*$/;

/** TypeScript in the style of seeds 000 and 001. */
export const typescriptSyntax: LiteralSyntax = {
  indent: '  ',
  text: typescriptText,
  name: typescriptName,
  words: { null: 'null', true: 'true', false: 'false' },
  bracePadding: ' ',
  lastComma: ',',
};

/** In single quotes, unless that would need a backslash that double quotes do not. */
export function typescriptText(text: string): string {
  const inDouble = quotedText(text);
  if (text.includes("'") && !text.includes('"')) return inDouble;
  return `'${inDouble.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** A plain `__proto__` would set what the object is made after. */
export function typescriptName(name: string): string {
  if (name === '__proto__') return `['__proto__']`;
  return plainName.test(name) ? name : typescriptText(name);
}
