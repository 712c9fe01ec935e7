import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { pdfLetters } from './pdf-letters.ts';
import { pdfPages } from './pdf-pages.ts';

const trailer = 'trailer\n<< /Root 1 0 R >>\n%%EOF\n';
const catalog = '1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n';
const tree = (count: number): string =>
  `2 0 obj\n<< /Type /Pages /Kids [ 3 0 R ] /Count ${String(count)} >>\nendobj\n`;

function pdf(...parts: readonly (string | Buffer)[]): string {
  return Buffer.concat(
    ['%PDF-1.7\n', ...parts].map((part) => (typeof part === 'string' ? Buffer.from(part) : part)),
  ).toString('base64');
}

function stream(dictionary: string, content: string): Buffer {
  const body = deflateSync(content);
  return Buffer.concat([
    Buffer.from(`9 0 obj\n<< ${dictionary} /Filter /FlateDecode >>\nstream\n`),
    body,
    Buffer.from('\nendstream\nendobj\n'),
  ]);
}

describe('pages of a PDF', () => {
  test('are what the root of the page tree counts', () => {
    expect(pdfPages(pdf(catalog, tree(12), trailer))).toBe(12);
  });

  test('are those of the last definition where the file was written on', () => {
    expect(pdfPages(pdf(catalog, tree(12), trailer, tree(3), trailer))).toBe(3);
  });

  test('are found where object 12 is near object 2', () => {
    const other = '12 0 obj\n<< /Type /Pages /Count 99 >>\nendobj\n';
    expect(pdfPages(pdf(catalog, tree(4), other, trailer))).toBe(4);
  });

  test('are found in compressed objects', () => {
    const first = '<< /Type /Catalog /Pages 2 0 R >> ';
    const heads = `1 0 2 ${String(first.length)} `;
    const objects = stream(
      `/Type /ObjStm /N 2 /First ${String(heads.length)}`,
      `${heads}${first}<< /Type /Pages /Count 7 >>`,
    );
    expect(pdfPages(pdf(objects, '8 0 obj\n<< /Type /XRef /Root 1 0 R >>\nstream\n'))).toBe(7);
  });

  test.each([
    ['nothing', ''],
    ['no PDF', Buffer.from('GIF89a').toString('base64')],
    ['no root', pdf(catalog, tree(1))],
    ['no page tree', pdf(catalog, trailer)],
    [
      'a damaged stream',
      pdf('4 0 obj\n<< /Filter /FlateDecode >>\nstream\nxx\nendstream', trailer),
    ],
  ])('cannot be told of %s', (_kind, data) => {
    expect(pdfPages(data)).toBeUndefined();
  });

  test('a stream that would fill the memory is left out', () => {
    const bomb = stream('/Type /ObjStm /N 1 /First 4', ' '.repeat(64 * 1024 * 1024));
    expect(pdfPages(pdf(bomb, catalog, tree(2), trailer))).toBe(2);
  });
});

describe('letters of a PDF', () => {
  test('stand in strings, with spaces where the text is shifted', () => {
    const content =
      'BT /F1 12 Tf (One \\(1\\)) Tj 0 -14 Td [(Tw)20(o)-333(words)] TJ <00410042> Tj ET';
    expect(pdfLetters(pdf(catalog, tree(1), stream('', content), trailer))).toEqual({
      pages: 1,
      text: 'One (1) Two words',
      codedLetters: 2,
    });
  });

  test('are not looked for in fonts', () => {
    const font = stream('/Length1 30', 'BT (no text) Tj ET');
    expect(pdfLetters(pdf(catalog, tree(1), font, trailer))?.text).toBe('');
  });
});
