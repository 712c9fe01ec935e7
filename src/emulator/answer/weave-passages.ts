import type { PlannedText } from './planned-block.ts';
import type { Passage } from './server-tools/server-tool.ts';

/**
 * Words with what they cite: a block for each cited passage and blocks for what stands between them,
 * as the API cuts them (API reference §3.4).
 */
export function weavePassages(
  lead: string,
  passages: readonly Passage[],
  rest = '',
): readonly PlannedText[] {
  const [first, ...others] = passages;
  if (first === undefined) return words(joined(lead, rest));
  const cited = [first, ...others].flatMap(({ text, citation }, index): readonly PlannedText[] => [
    ...(index === 0 ? [] : words(' ')),
    { kind: 'text', text, citations: [citation] },
  ]);
  return [...words(joined(lead, ' ')), ...cited, ...words(rest === '' ? '' : ` ${rest}`)];
}

function joined(lead: string, rest: string): string {
  if (lead === '' || rest === '') return `${lead}${rest}`;
  return rest.startsWith(' ') ? `${lead}${rest}` : `${lead} ${rest}`;
}

function words(text: string): readonly PlannedText[] {
  return text.trim() === '' && text !== ' ' ? [] : [{ kind: 'text', text }];
}
