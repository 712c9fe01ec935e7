import { expect, test } from 'vitest';
import { sourceFiles } from './support/source-files.ts';

/** The numbered cases of the API reference §13: each is a test with its number in its name. */
const cases = [...Array.from({ length: 160 }, (_, index) => String(index + 1)), '98b'];

/** Cases that no test has yet, with the reason. */
const waiting: ReadonlyMap<string, string> = new Map([
  ['20', 'wallets are not built yet'],
  ['21', 'rules over addresses are not built yet'],
  ['22', 'retries and fall-back are not built yet'],
  ['157', 'Bedrock is no upstream yet'],
  ['158', 'Bedrock is no upstream yet'],
  ['159', 'Vertex AI is no upstream yet'],
  ['160', 'Vertex AI is no upstream yet'],
]);

/** A number in a comment tests nothing. */
function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, ' ').replaceAll(/(^|\s)\/\/.*$/gm, ' ');
}

test('every case of the API reference has a test, or a reason why not', () => {
  const tested = new Set<string>();
  for (const { path, text } of [...sourceFiles('src'), ...sourceFiles('test')]) {
    // What is only named there is skipped.
    if (!path.endsWith('.test.ts') || path.endsWith('validation-later.test.ts')) continue;
    for (const [, number = ''] of withoutComments(text).matchAll(/#(\d{1,3}b?)\b/g))
      tested.add(number);
  }
  const missing = cases.filter((number) => !tested.has(number) && !waiting.has(number));
  expect(missing).toEqual([]);
  expect([...waiting.keys()].filter((number) => tested.has(number))).toEqual([]);
});
