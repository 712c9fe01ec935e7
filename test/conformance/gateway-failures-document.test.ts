import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cellsOf } from '../support/fault-cells.ts';
import { faultForms } from '../support/fault-forms.ts';
import type { FaultCase, FaultRow } from '../support/fault-table.ts';
import { faultRows } from '../support/fault-table.ts';
import type { HeldBy } from '../support/failure-row.ts';
import { knownFailures } from '../support/known-failures.ts';
import { withTables } from '../support/made-tables.ts';
import { projectRoot } from '../support/source-files.ts';

/** docs/failures.md is made from the tables that the tests run by, and what it points to is there. */

const path = join(projectRoot, 'docs/failures.md');
const textOf = (file: string): string => readFileSync(join(projectRoot, file), 'utf8');

function outcomeOf({ stream, piece, document }: FaultCase): string {
  const ways = [
    ['stream', stream],
    ['piece', piece],
    ['document', document],
  ] as const;
  const said = ways.filter(([, outcome]) => outcome !== undefined);
  const [first] = said;
  const isOne = said.length === 2 && said.every(([, outcome]) => outcome === first?.[1]);
  if (isOne) return String(first?.[1]);
  return said.map(([way, outcome]) => `${way}: ${String(outcome)}`).join(', ');
}

function faultLine({ fault, clause, cases }: FaultRow): string {
  const by = cases.map((one) => `${one.at} ${outcomeOf(one)}`).join('; ');
  return `| ${fault} | ${by} | ${clause} |`;
}

function heldText(held: HeldBy): string {
  if (held.kind === 'open') return `open: ${held.why}`;
  const file = `\`${held.file}\``;
  return held.kind === 'test' ? file : `cannot occur: ${held.why} (${file})`;
}

function made(text: string): string {
  return withTables(text, {
    faults: [
      '| fault | phase and outcome | by |',
      '| --- | --- | --- |',
      ...faultRows.map(faultLine),
    ].join('\n'),
    failures: [
      '| | reported | here | held by |',
      '| --- | --- | --- | --- |',
      ...knownFailures.map(
        ({ id, source, lesson, held }) => `| ${id} | ${source} | ${lesson} | ${heldText(held)} |`,
      ),
    ].join('\n'),
  });
}

test('the tables of docs/failures.md are those of the tests (UPDATE=1 writes them)', () => {
  const text = readFileSync(path, 'utf8');
  if (process.env['UPDATE'] === '1') writeFileSync(path, made(text));
  expect(readFileSync(path, 'utf8')).toBe(made(text));
});

describe('what holds a known failure', () => {
  const numbers = (letter: string, last: number): readonly string[] =>
    Array.from({ length: last }, (_, index) => `${letter}${String(index + 1)}`);

  test('all twenty of reliability §2.4 and all forty-nine of the lessons are there', () => {
    expect(knownFailures.map(({ id }) => id)).toEqual([...numbers('F', 20), ...numbers('L', 49)]);
  });

  test.each(knownFailures)('$id is where it is said to be', ({ held }) => {
    const words = held.kind === 'test' ? held.name : held.why;
    expect(words).not.toBe('');
    expect(held.kind === 'open' ? words : textOf(held.file)).toContain(
      held.kind === 'construction' ? '' : words,
    );
  });
});

describe('the cells of the matrix', () => {
  const cells = faultForms.map((form) => cellsOf(form).length);

  test('are so many for each form; in one piece the Messages form has no faults of events', () => {
    expect(cells).toEqual(CELLS);
  });

  test('every phase and every outcome occurs', () => {
    const cases = faultRows.flatMap((row) => row.cases);
    expect([...new Set(cases.map(({ at }) => at))].toSorted()).toEqual(numbersFrom0('P', 6));
    const outcomes = cases.flatMap(({ stream, piece, document }) => [stream, piece, document]);
    expect(new Set(outcomes.filter((one) => one !== undefined)).size).toBe(13);
  });
});

/** Of 20 seeds each, but for those that are large. */
const CELLS = [120, 137, 137];
const numbersFrom0 = (letter: string, last: number): readonly string[] =>
  Array.from({ length: last + 1 }, (_, index) => `${letter}${String(index)}`);
