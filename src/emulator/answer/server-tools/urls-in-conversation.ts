import type { RequestBlock, ToolResultPart } from '../../../messages/content-blocks.ts';
import { blocksOf } from '../../../messages/request.ts';
import { isJsonObject } from '../../../std/json.ts';
import type { CheckedRequest } from '../../rules/rule.ts';

/** Enough of a long conversation to find an address in, and no more. */
const URLS_MAX = 20;
const TEXT_LETTERS_MAX = 20_000;
const BLOCKS_MAX = 200;

/**
 * The addresses that a conversation has named, the latest first: only those may be fetched. They come
 * from the user's words, from results of the caller's tools, and from earlier searches and fetches.
 */
export function urlsIn(request: CheckedRequest): readonly string[] {
  const found = new Set<string>();
  let blocks = 0;
  for (const message of request.messages.toReversed()) {
    for (const block of blocksOf(message)) {
      blocks += 1;
      if (found.size >= URLS_MAX || blocks > BLOCKS_MAX) return [...found].slice(0, URLS_MAX);
      for (const text of textsIn(block)) for (const url of urlsInText(text)) found.add(url);
    }
  }
  return [...found].slice(0, URLS_MAX);
}

function textsIn(block: RequestBlock | ToolResultPart): readonly string[] {
  switch (block.type) {
    case 'text':
      return [block.text];
    case 'tool_result':
      if (typeof block.content === 'string') return [block.content];
      return (block.content ?? []).flatMap((part) => textsIn(part));
    case 'search_result':
      return [block.source];
    case 'web_search_tool_result':
    case 'web_fetch_tool_result':
      return resultUrls(block.content);
    default:
      return [];
  }
}

function resultUrls(content: unknown): readonly string[] {
  const items: readonly unknown[] = Array.isArray(content) ? content : [content];
  return items.flatMap((item) => {
    const url = isJsonObject(item) ? item['url'] : undefined;
    return typeof url === 'string' ? [url] : [];
  });
}

function urlsInText(text: string): readonly string[] {
  const found =
    text.slice(0, TEXT_LETTERS_MAX).match(/https?:\/\/[^\s"'<>()[\]{}`]{1,2000}/g) ?? [];
  return found.map((url) => url.replace(/[.,;:!?]{1,8}$/, '')).filter((url) => URL.canParse(url));
}
