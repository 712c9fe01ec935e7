import type { LiteralSyntax } from './literal.ts';
import { quotedText } from './literal.ts';

/** JSON with short objects on one line. */
export const jsonSyntax: LiteralSyntax = {
  indent: '  ',
  text: quotedText,
  name: quotedText,
  words: { null: 'null', true: 'true', false: 'false' },
  bracePadding: '',
  lastComma: '',
};
