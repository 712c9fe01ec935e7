import type { JsonObject } from '../../../std/json.ts';
import { textIn } from './event-fields.ts';

/**
 * Citations of web pages as annotations of the text from `start` to `end`; each page once. Citations
 * of the caller's own documents have no counterpart in this form (chat reference §2.10).
 */
export function urlCitations(
  citations: readonly JsonObject[],
  start: number,
  end: number,
): readonly JsonObject[] {
  const byUrl = new Map<string, JsonObject>();
  for (const citation of citations) {
    const url = textIn(citation, 'url');
    const isPage = citation['type'] === 'web_search_result_location' && URL.canParse(url);
    if (!isPage || byUrl.has(url)) continue;
    const title = textIn(citation, 'title');
    const url_citation = { start_index: start, end_index: end, url, title };
    byUrl.set(url, { type: 'url_citation', url_citation });
  }
  return [...byUrl.values()];
}
