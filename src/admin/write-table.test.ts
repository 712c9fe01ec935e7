import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tableWriter } from './write-table.ts';

const columns = [{ name: 'text' }, { name: 'amount', isFigure: true }];
const csv = tableWriter('csv', columns);

/** One line of RFC 4180, read strictly. */
function cellsOf(line: string): string[] {
  const cells = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,"\r\n]*))/g)];
  return cells.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '');
}

describe('a table as CSV', () => {
  test.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "no"', '"say ""no"""'],
    ['two\nlines', '"two\nlines"'],
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@a', "'@a"],
    ['|calc', "'|calc"],
    ['\t=1', "'\t=1"],
    ['  =1', "'  =1"],
    ['', ''],
  ])('%j is written as %j', (text, written) => {
    expect(csv.row([text, '1'], true)).toBe(`${written},1\r\n`);
  });

  test('figures stay what they are, signs too', () => {
    expect(csv.row([null, '-621000'], true)).toBe(',-621000\r\n');
  });

  test('no text begins as a formula does, and all of them can be read again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
        const line = csv.row([text, '1'], true);
        const [cell = ''] = cellsOf(line.slice(0, -2));
        expect(cell).not.toMatch(/^\s*[=+\-@|%]/);
        expect(cell.replace(/^'/, '')).toBe(text.replace(/^'/, ''));
      }),
    );
  });
});

test('a table as JSON ends with its sums', () => {
  const json = tableWriter('json', columns);
  const rows = [json.row(['=1', '5'], true), json.row([null, '-3'], false)];
  const text = `${json.head}${rows.join('')}${json.tail({ amount: '2' })}`;
  expect(JSON.parse(text)).toEqual({
    data: [
      { text: '=1', amount: '5' },
      { text: null, amount: '-3' },
    ],
    totals: { amount: '2' },
  });
});
