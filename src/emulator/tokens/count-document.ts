import type { DocumentBlock } from '../../messages/content-blocks.ts';
import { unreachable } from '../../std/assert.ts';
import type { ModelFacts } from '../model-facts.ts';
import { fitImage, imageTokens, patchesOf, unseenImageTokens } from './image-tokens.ts';
import { pdfLetters } from './pdf-letters.ts';
import { countTokens } from './split-tokens.ts';

const DOCUMENT_TOKENS = 12;
/** A sentence that can be cited is numbered. */
const SENTENCE_TOKENS = 14;
const sentenceEnd = /[.!?](?=\s|$)|[。！？]/g;

/** A page is shown as a picture of its own, in the size that older models see (API reference §11). */
const pageLimits = { longEdgePixelsMax: 1568, patchesMax: 1568 };
const PAGE_TOKENS = 70 + patchesOf(fitImage({ width: 6120, height: 7920 }, pageLimits));
/** What text there is on a page that cannot be read. */
const UNREAD_PAGE_TEXT_TOKENS = 600;
/** A file that does not say how many pages it has is told by its weight. */
const PAGE_LETTERS = 80_000;
const PAGES_GUESSED_MAX = 50;
const LETTERS_A_TOKEN = 3;

/** What a document adds to a prompt: its text, and a picture of each page. */
export function countDocument(block: DocumentBlock, facts: ModelFacts): number {
  const text = (value: string): number => countTokens(value, facts.tokenizer);
  const head = DOCUMENT_TOKENS + text(block.title ?? '') + text(block.context ?? '');
  const isCited = block.citations?.enabled === true;
  return head + countSource(block.source, { facts, text, isCited });
}

interface Reading {
  readonly facts: ModelFacts;
  readonly text: (value: string) => number;
  readonly isCited: boolean;
}

function countSource(source: DocumentBlock['source'], reading: Reading): number {
  const { facts, text } = reading;
  switch (source.type) {
    case 'text':
      return text(source.data) + countSentences(source.data, reading);
    case 'base64':
      return countPdf(source.data, reading);
    case 'content': {
      if (typeof source.content === 'string') return text(source.content);
      let count = 0;
      for (const part of source.content) {
        if (part.type === 'text') count += text(part.text);
        else if (part.source.type === 'base64')
          count += imageTokens(part.source.data, facts.images);
        else count += unseenImageTokens(facts.images);
      }
      return count;
    }
    case 'url':
    case 'file':
      return PAGE_TOKENS + UNREAD_PAGE_TEXT_TOKENS;
    default:
      return unreachable(source);
  }
}

function countPdf(base64: string, reading: Reading): number {
  const read = pdfLetters(base64);
  const guessed = Math.min(PAGES_GUESSED_MAX, Math.ceil(base64.length / PAGE_LETTERS));
  const pages = read?.pages ?? guessed;
  const shown = pages * PAGE_TOKENS;
  if (read === undefined) return shown + pages * UNREAD_PAGE_TEXT_TOKENS;
  const coded = Math.ceil(read.codedLetters / LETTERS_A_TOKEN);
  return shown + coded + reading.text(read.text) + countSentences(read.text, reading);
}

function countSentences(text: string, { isCited }: Reading): number {
  return isCited ? SENTENCE_TOKENS * Math.max(1, text.match(sentenceEnd)?.length ?? 0) : 0;
}
