import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FenceRemover } from './remove-fence.ts';

function removeFrom(pieces: readonly string[]): string {
  const remover = new FenceRemover();
  return [...pieces.map((piece) => remover.push(piece)), remover.end()].join('');
}

describe('FenceRemover', () => {
  test.each<[string, string]>([
    ['```json\n{"a":1}\n```', '{"a":1}'],
    ['\n ```\n{"a":1}\n```\n', '{"a":1}'],
    ['```json\r\n{"a":1}\r\n```', '{"a":1}'],
    ['```\n```', ''],
    ['```json\n{"a":"```"}\n```', '{"a":"```"}'],
    ['```json\n{"a":1}\n\n```', '{"a":1}\n'],
    // Cut before its end: the opening is no part of it all the same.
    ['```json\n{"a":', '{"a":'],
    ['```json\n{"a":1}\n``', '{"a":1}\n``'],
    ['{"a":1}', '{"a":1}'],
    ['  {"a":1}\n', '  {"a":1}\n'],
    ['Here: ```json\n{}\n```', 'Here: ```json\n{}\n```'],
    ['```', '```'],
    ['```{"a":1}```', '```{"a":1}```'],
    [`\`\`\`${'j'.repeat(300)}\n{}`, `\`\`\`${'j'.repeat(300)}\n{}`],
    [`\`\`\`\n{}\n\`\`\`${' '.repeat(5000)}`, `{}\n\`\`\`${' '.repeat(5000)}`],
    ['', ''],
  ])('%j becomes %j', (text, bare) => {
    expect(removeFrom([text])).toBe(bare);
    expect(removeFrom(Array.from(text))).toBe(bare);
  });

  test('however a text is cut, the same comes out', () => {
    const letters = fc.constantFrom(
      '`',
      '``',
      '```',
      '\n',
      '\r\n',
      '\r',
      ' ',
      '\t',
      'json',
      '{',
      '}',
    );
    const pieces = fc.array(letters, { maxLength: 24 });
    fc.assert(
      fc.property(pieces, fc.boolean(), (cut, isFenced) => {
        const whole = isFenced ? ['```json\n', ...cut, '\n```'] : cut;
        expect(removeFrom(whole)).toBe(removeFrom([whole.join('')]));
      }),
      { numRuns: 3000 },
    );
  });

  test('only what may be a part of a fence is held back', () => {
    const remover = new FenceRemover();
    const texts = ['``', '`json\n', '{"a":', '1}', '\n', ' "b"', '\n`', '``', ' \n', 'x'];
    expect(texts.map((text) => remover.push(text))).toEqual([
      '',
      '',
      '{"a":',
      '1}',
      '',
      '\n "b"',
      '',
      '',
      '',
      '\n``` \nx',
    ]);
  });

  test('the position counts what is held back, and depends on the text alone', () => {
    const text = '```json\n{"a":1}\n``` ';
    const whole = new FenceRemover();
    whole.push(text);
    const cut = new FenceRemover();
    for (const letter of text) cut.push(letter);
    expect([whole.position, cut.position]).toEqual([12, 12]);
  });
});
