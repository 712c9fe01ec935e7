import { expect, test } from 'vitest';
import { sourceFiles } from './support/source-files.ts';

/** A list of numbered cases: each is a test that has its number in its name. */
interface CaseList {
  readonly name: string;
  readonly cases: readonly string[];
  /** Cases that no test has yet, with the reason. */
  readonly waiting: ReadonlyMap<string, string>;
  /** The cases that a test file has. */
  readonly casesIn: (text: string) => readonly string[];
}

const numbers = (last: number): readonly string[] =>
  Array.from({ length: last }, (_, index) => String(index + 1));
const lettered = (letter: string, last: number): readonly string[] =>
  numbers(last).map((number) => `${letter}${number.padStart(2, '0')}`);

const lists: readonly CaseList[] = [
  {
    name: 'the API reference §13',
    cases: [...numbers(160), '98b'],
    waiting: new Map([
      ['20', 'wallets are not built yet'],
      ['21', 'rules over addresses are not built yet'],
      ['22', 'retries and fall-back are not built yet'],
      ['157', 'Bedrock is no upstream yet'],
      ['158', 'Bedrock is no upstream yet'],
      ['159', 'Vertex AI is no upstream yet'],
      ['160', 'Vertex AI is no upstream yet'],
    ]),
    casesIn: (text) => [...text.matchAll(/#(\d{1,3}b?)\b/g)].map(([, number = '']) => number),
  },
  {
    name: 'the chat reference §4',
    cases: [
      ...lettered('A', 30),
      ...lettered('B', 40),
      ...lettered('C', 35),
      ...lettered('D', 18),
      ...lettered('E', 24),
      ...lettered('F', 17),
    ],
    waiting: new Map([['F12', 'wallets are not built yet']]),
    casesIn: (text) =>
      namesOfChatCases
        .flatMap((pattern) => [...text.matchAll(pattern)])
        .flatMap(([, ids = '']) => ids.split(' ')),
  },
];

const chatCases = '([A-F]\\d{2}(?: [A-F]\\d{2})*)';

/** One case or several, at the beginning of a quoted name: it goes on after them, or begins a table's row. */
const namesOfChatCases: readonly RegExp[] = [
  new RegExp(`['"\`]${chatCases}[:,]? [^\\s'"\`]`, 'g'),
  new RegExp(`\\[\\s*['"\`]${chatCases}['"\`],`, 'g'),
];

/** A number in a comment tests nothing. */
function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, ' ').replaceAll(/(^|\s)\/\/.*$/gm, ' ');
}

/** What is only named there: it is skipped in the one, and an example in the other. */
const namesOnly = new Set(['test/conformance/validation-later.test.ts', 'test/cases.test.ts']);

const testFiles = [...sourceFiles('src'), ...sourceFiles('test')]
  .filter(({ path }) => path.endsWith('.test.ts') && !namesOnly.has(path))
  .map(({ text }) => withoutComments(text));

test.each(lists)('every case of $name has a test, or a reason why not', (list) => {
  const { cases, waiting, casesIn } = list;
  expect(new Set(cases).size).toBe(cases.length);
  const tested = new Set(testFiles.flatMap((text) => casesIn(text)));
  const missing = cases.filter((id) => !tested.has(id) && !waiting.has(id));
  expect(missing).toEqual([]);
  expect([...waiting.keys()].filter((id) => tested.has(id))).toEqual([]);
});

test('the chat reference has 164 cases, and the API reference 161', () => {
  expect(lists.map(({ cases }) => cases.length)).toEqual([161, 164]);
});

test.each<[string, readonly string[]]>([
  ["test('A07 the later bound wins', …)", ['A07']],
  ["['B28 B29 ids', 1]", ['B28', 'B29']],
  ['test(`E19 ${name}`, …)', ['E19']],
  ["[\n  'A07',\n 1]", ['A07']],
  ["expect(ids).toContain('A07')", []],
  ["const hex = 'A07'", []],
  ["'the case A07 is'", []],
  ["'A071 x' and 'G01 x'", []],
  ["'data:;base64,A07 x'", []],
])('%s has the cases %j', (text, ids) => {
  expect(lists[1]?.casesIn(text)).toEqual(ids);
});
