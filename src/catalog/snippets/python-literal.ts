import type { LiteralSyntax } from './literal.ts';
import { quotedText } from './literal.ts';

/** Python as its common formatters write it. */
export const pythonSyntax: LiteralSyntax = {
  indent: '    ',
  text: pythonText,
  name: pythonText,
  words: { null: 'None', true: 'True', false: 'False' },
  bracePadding: '',
  lastComma: ',',
};

/** In double quotes, unless that would need a backslash that single quotes do not. */
export function pythonText(text: string): string {
  const inDouble = quotedText(text);
  if (!text.includes('"') || text.includes("'")) return inDouble;
  return `'${inDouble.slice(1, -1).replaceAll('\\"', '"')}'`;
}
