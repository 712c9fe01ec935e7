import type {
  DocumentBlock,
  RequestBlock,
  SearchResultBlock,
  TextBlock,
  ToolResultPart,
} from '../../messages/content-blocks.ts';
import { blocksOf } from '../../messages/request.ts';
import type { CheckedRequest } from '../rules/rule.ts';
import { pdfPages } from './pdf-text.ts';
import { firstSentences } from './sentences.ts';
import type { Passage } from './server-tools/server-tool.ts';

/** So many sources are looked into; a conversation may have hundreds. */
const SOURCES_MAX = 20;
const SENTENCES_MAX = 8;

/** How many documents a request has: the next one has this index. */
export function documentCount(request: CheckedRequest): number {
  return sourcesIn(request).filter(({ block }) => block.type === 'document').length;
}

/**
 * What an answer may cite of documents and search results with citations switched on, each source's
 * passages together (API reference §3.4). What cannot be read (an address, a file, a picture) is
 * not cited.
 */
export function citablePassages(request: CheckedRequest): readonly (readonly Passage[])[] {
  return sourcesIn(request)
    .filter(({ block }) => block.citations?.enabled === true)
    .slice(0, SOURCES_MAX)
    .map((source) => passagesOf(source))
    .filter((passages) => passages.length > 0);
}

/** A source and its number: documents and search results are counted apart, over the whole request. */
interface Source {
  readonly block: DocumentBlock | SearchResultBlock;
  readonly index: number;
}

function sourcesIn(request: CheckedRequest): readonly Source[] {
  const sources: Source[] = [];
  const counts = { document: 0, search_result: 0 };
  const take = (block: RequestBlock | ToolResultPart): void => {
    if (block.type === 'document' || block.type === 'search_result') {
      sources.push({ block, index: counts[block.type] });
      counts[block.type] += 1;
    } else if (block.type === 'tool_result' && typeof block.content !== 'string') {
      for (const part of block.content ?? []) take(part);
    }
  };
  for (const message of request.messages) for (const block of blocksOf(message)) take(block);
  return sources;
}

function passagesOf({ block, index }: Source): readonly Passage[] {
  if (block.type === 'search_result') return searchPassages(block, index);
  const { source } = block;
  switch (source.type) {
    case 'text':
      return charPassages(block, index, source.data);
    case 'base64':
      return pagePassages(block, index, source.data);
    case 'content':
      return blockPassages(block, index, source.content);
    case 'url':
    case 'file':
      return [];
  }
}

function titled(
  block: DocumentBlock,
  index: number,
): { document_index: number; document_title: string | null } {
  return { document_index: index, document_title: block.title ?? null };
}

/** Plain text is cited by sentences; places are counted in characters, not in UTF-16. */
function charPassages(block: DocumentBlock, index: number, data: string): readonly Passage[] {
  return firstSentences(data, SENTENCES_MAX).map(({ text, startChar, endChar }) => ({
    text: text.trim(),
    citation: {
      type: 'char_location',
      cited_text: text,
      ...titled(block, index),
      start_char_index: startChar,
      end_char_index: endChar,
    },
  }));
}

function pagePassages(block: DocumentBlock, index: number, data: string): readonly Passage[] {
  return pdfPages(data).flatMap((pageText, page) =>
    firstSentences(pageText, 2).map(({ text }) => ({
      text: text.trim(),
      citation: {
        type: 'page_location',
        cited_text: text,
        ...titled(block, index),
        start_page_number: page + 1,
        end_page_number: page + 2,
      },
    })),
  );
}

type DocumentContent = Extract<DocumentBlock['source'], { type: 'content' }>['content'];

/** A document in blocks is cited by blocks. */
function blockPassages(
  block: DocumentBlock,
  index: number,
  content: DocumentContent,
): readonly Passage[] {
  const parts = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content;
  return parts.slice(0, SENTENCES_MAX).flatMap((part, at) => {
    if (part.type !== 'text' || part.text.trim() === '') return [];
    const citation = {
      type: 'content_block_location',
      cited_text: part.text,
      ...titled(block, index),
      start_block_index: at,
      end_block_index: at + 1,
    };
    return [{ text: spoken(part.text), citation }];
  });
}

function searchPassages(block: SearchResultBlock, index: number): readonly Passage[] {
  const parts: readonly TextBlock[] = block.content.slice(0, SENTENCES_MAX);
  return parts.flatMap((part, at) => {
    if (part.text.trim() === '') return [];
    const citation = {
      type: 'search_result_location',
      cited_text: part.text,
      source: block.source,
      title: block.title,
      search_result_index: index,
      start_block_index: at,
      end_block_index: at + 1,
    };
    return [{ text: spoken(part.text), citation }];
  });
}

/** Of a long block the answer repeats the first sentence. */
function spoken(text: string): string {
  return (firstSentences(text, 1)[0]?.text ?? text).trim();
}
