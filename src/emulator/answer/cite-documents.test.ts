import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import type { DocumentBlock, RequestBlock } from '../../messages/content-blocks.ts';
import type { JsonObject } from '../../std/json.ts';
import type { CheckedRequest } from '../rules/rule.ts';
import { citablePassages, documentCount } from './cite-documents.ts';
import { pdfPages } from './pdf-text.ts';
import { firstSentences } from './sentences.ts';

const citations = { enabled: true };
const plain = (data: string, more: Partial<DocumentBlock> = {}): DocumentBlock => ({
  type: 'document',
  source: { type: 'text', media_type: 'text/plain', data },
  citations,
  ...more,
});
const requestOf = (...content: readonly RequestBlock[]): CheckedRequest => ({
  model: 'm',
  messages: [{ role: 'user', content }],
});
const citationsOf = (...content: readonly RequestBlock[]): readonly JsonObject[] =>
  citablePassages(requestOf(...content)).flatMap((passages) =>
    passages.map(({ citation }) => citation),
  );

describe('what can be cited', () => {
  test('sentences of plain text, in characters', () => {
    const data = 'Ruby 💎 was made in 1993. It is red.';
    expect(citationsOf(plain(data, { title: 'facts' }))).toEqual([
      {
        type: 'char_location',
        cited_text: 'Ruby 💎 was made in 1993. ',
        document_index: 0,
        document_title: 'facts',
        start_char_index: 0,
        end_char_index: 25,
      },
      {
        type: 'char_location',
        cited_text: 'It is red.',
        document_index: 0,
        document_title: 'facts',
        start_char_index: 25,
        end_char_index: 35,
      },
    ]);
  });

  test('a cited text is always the part of the document that its places name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 2000 }), (data) => {
        const letters = Array.from(data);
        for (const { text, startChar, endChar } of firstSentences(data, 8)) {
          expect(letters.slice(startChar, endChar).join('')).toBe(text);
          expect(text.trim()).not.toBe('');
        }
      }),
    );
  });

  test('documents and search results are counted apart, over the whole request', () => {
    const search: RequestBlock = {
      type: 'search_result',
      source: 'https://example.com',
      title: 'T',
      content: [
        { type: 'text', text: 'One.' },
        { type: 'text', text: 'Two. Three.' },
      ],
      citations,
    };
    const result: RequestBlock = { type: 'tool_result', tool_use_id: 't', content: [search] };
    const found = citationsOf(result, plain('A.', { citations: null }), search, plain('B.'));
    expect(
      found.map((citation) => citation['search_result_index'] ?? citation['document_index']),
    ).toEqual([0, 0, 1, 1, 1]);
    expect(found[1]).toEqual({
      type: 'search_result_location',
      cited_text: 'Two. Three.',
      source: 'https://example.com',
      title: 'T',
      search_result_index: 0,
      start_block_index: 1,
      end_block_index: 2,
    });
    expect(documentCount(requestOf(result, plain('A.'), plain('B.')))).toBe(2);
  });

  test('a document in blocks, by blocks', () => {
    const source = {
      type: 'content',
      content: [
        { type: 'text', text: 'First block.' },
        { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
        { type: 'text', text: 'Third block. And more.' },
      ],
    } as const;
    expect(citationsOf({ type: 'document', source, citations })).toMatchObject([
      { type: 'content_block_location', start_block_index: 0, end_block_index: 1 },
      { cited_text: 'Third block. And more.', start_block_index: 2, document_title: null },
    ]);
  });

  test('pages of a PDF', () => {
    const packed = deflateSync(Buffer.from('BT [(Hel) -20 (lo PDF.)] TJ ET')).toString('latin1');
    const file = [
      '%PDF-1.4',
      '1 0 obj << /Length 30 >> stream\nBT (Page \\(one\\).) Tj ET\nendstream endobj',
      `2 0 obj << /Filter /FlateDecode >> stream\n${packed}\nendstream endobj`,
      '3 0 obj << /Filter /FlateDecode >> stream\nbroken\nendstream endobj',
    ].join('\n');
    const data = Buffer.from(file, 'latin1').toString('base64');
    expect(pdfPages(data)).toEqual(['Page (one).', 'Hello PDF.']);
    const source = { type: 'base64', media_type: 'application/pdf', data } as const;
    expect(citationsOf({ type: 'document', source, citations, title: 'P' })).toMatchObject([
      {
        type: 'page_location',
        cited_text: 'Page (one).',
        start_page_number: 1,
        end_page_number: 2,
      },
      { cited_text: 'Hello PDF.', start_page_number: 2, end_page_number: 3, document_title: 'P' },
    ]);
  });

  test.each(['%PDF', '((((', '[('.repeat(50_000), 'stream BT endstream'.repeat(1000)])(
    'a file that is no PDF (%.20s) has no pages, soon',
    (file) => {
      expect(pdfPages(Buffer.from(`stream BT ${file} endstream`).toString('base64'))).toEqual([]);
    },
  );

  test('what cannot be read, or is not switched on, is not cited', () => {
    const url = { type: 'url', url: 'https://example.com/a.pdf' } as const;
    expect(
      citationsOf(
        { type: 'document', source: url, citations },
        plain('Off.', { citations: { enabled: false } }),
        plain('   \n '),
      ),
    ).toEqual([]);
  });
});
