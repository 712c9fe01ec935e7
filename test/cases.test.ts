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
    waiting: new Map(),
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
    waiting: new Map(),
    casesIn: casesNamed('[A-F]\\d{2}'),
  },
  {
    name: 'the Workers reference §7',
    cases: [
      ...lettered('W-B', 38),
      ...lettered('W-R', 12),
      ...lettered('W-G', 25),
      ...lettered('W-C', 7),
    ],
    waiting: new Map(),
    casesIn: casesNamed('W-[BRGC]\\d{2}'),
  },
  {
    name: 'the wallet reference §13',
    cases: [
      ...lettered('K', 20),
      ...lettered('W', 28),
      ...lettered('S', 12),
      ...lettered('R', 12),
      // Reliability §4.2 and §1.4 have numbers of these letters too.
      ...lettered('wallet I', 10),
      ...lettered('wallet M', 12),
      ...lettered('L', 15),
    ],
    waiting: new Map(),
    casesIn: casesNamed('(?:[KWSRL]\\d{2}|wallet [IM]\\d{2})'),
  },
  {
    name: 'reliability §1.4',
    cases: numbers(17).map((number) => `M${number}`),
    waiting: new Map(),
    casesIn: casesNamed('M(?:1[0-7]|[1-9])'),
  },
];

/**
 * Finds the cases at the beginning of quoted names, one or several: the name goes on after them, or
 * they begin a table's row.
 */
function casesNamed(id: string): CaseList['casesIn'] {
  const ids = `(${id}(?: ${id})*)`;
  const patterns = [
    new RegExp(`['"\`]${ids}[:,]? [^\\s'"\`]`, 'g'),
    new RegExp(`(?:\\[\\s*|\\bnumber: )['"\`]${ids}['"\`],`, 'g'),
  ];
  return (text) =>
    patterns
      .flatMap((pattern) => [...text.matchAll(pattern)])
      .flatMap(([, found = '']) => found.match(new RegExp(id, 'g')) ?? []);
}

/** A number in a comment tests nothing. */
function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, ' ').replaceAll(/(^|\s)\/\/.*$/gm, ' ');
}

/** What is only named there: it is skipped in the one, and an example in the other. */
const namesOnly = new Set(['test/conformance/validation-later.test.ts', 'test/cases.test.ts']);

/** What implementations of the books are held to: test files run it, one for each of them. */
const suites = /^test\/support\/(?:describe-[a-z-]+|ledger-properties)\.ts$/;

const testFiles = ['src', 'clients', 'test']
  .flatMap((folder) => sourceFiles(folder))
  .filter(({ path }) => path.endsWith('.test.ts') || suites.test(path))
  .filter(({ path }) => !namesOnly.has(path))
  .map(({ text }) => withoutComments(text));

test.each(lists)('every case of $name has a test, or a reason why not', (list) => {
  const { cases, waiting, casesIn } = list;
  expect(new Set(cases).size).toBe(cases.length);
  const tested = new Set(testFiles.flatMap((text) => casesIn(text)));
  const missing = cases.filter((id) => !tested.has(id) && !waiting.has(id));
  expect(missing).toEqual([]);
  expect([...waiting.keys()].filter((id) => tested.has(id))).toEqual([]);
});

test('the references have 161, 164, 82, 109 and 17 cases', () => {
  expect(lists.map(({ cases }) => cases.length)).toEqual([161, 164, 82, 109, 17]);
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

test.each<[string, readonly string[]]>([
  ["test('W-B07 the later bound wins', …)", ['W-B07']],
  ["describe('W-C01 W-C02 a page', …)", ['W-C01', 'W-C02']],
  ["['W-B11 #39 top_k 0', 1]", ['W-B11']],
  ["{ number: 'W-B20', body }", ['W-B20']],
  ["'W-D01 x' and 'the case W-B01'", []],
])('%s has the Workers cases %j', (text, ids) => {
  expect(lists[2]?.casesIn(text)).toEqual(ids);
});

test.each<[string, readonly string[]]>([
  ["test('W17 stays where nobody knows', …)", ['W17']],
  ["test('S01 S02 the head', …)", ['S01', 'S02']],
  ["test('K18 K19 wallet M07 a budget', …)", ['K18', 'K19', 'wallet M07']],
  ["['K03', (key) => …]", ['K03']],
  ["['W10 the upstream says 400', 400]", ['W10']],
  ["test('I11 is resolved once', …)", []],
  ["test('M10 zeros are nothing', …)", []],
  ["'W-B07 a later bound' and 'the case W01'", []],
])('%s has the wallet cases %j', (text, ids) => {
  expect(lists[3]?.casesIn(text)).toEqual(ids);
});

test.each<[string, readonly string[]]>([
  ["test('M1 a budget is held', …)", ['M1']],
  ["test('M10 M14 zeros', …)", ['M10', 'M14']],
  ["test('wallet M10 requests', …)", []],
  ["test('M18 no such loss', …)", []],
  ["test('M01 an old name', …)", []],
])('%s has the losses %j', (text, ids) => {
  expect(lists[4]?.casesIn(text)).toEqual(ids);
});
