import type { JsonObject } from '../../../std/json.ts';
import { isJsonObject } from '../../../std/json.ts';
import { documentCount } from '../cite-documents.ts';
import type { Passage, ServerTool, ServerToolOutcome, ServerToolWorld } from './server-tool.ts';
import { errorOutcome } from './server-tool.ts';
import { urlsIn } from './urls-in-conversation.ts';
import { isAllowed } from './web-domains.ts';

const RESULT_TYPE = 'web_fetch_tool_result';
const URL_LETTERS_MAX = 250;
const unreadable = /\.(?:zip|gz|tar|exe|dmg|iso|mp3|mp4|mov|png|jpe?g|gif|webp)$/i;

/** Fetching of a page that the conversation named: a text that says it was made up. */
export const webFetch: ServerTool = {
  kind: 'server',
  resultType: RESULT_TYPE,
  resultNamesCaller: true,
  isUseful: (request) => urlsIn(request).length > 0,
  input: ({ request, view, random }) => {
    const known = random.pick(urlsIn(request));
    const word = view.words.find((candidate) => /^[a-zA-Z0-9]+$/.test(candidate)) ?? 'example';
    return { url: known ?? `https://example.com/${word.toLowerCase()}` };
  },
  run: fetchPage,
};

/** The checks of the API's own fetcher, with its codes (API reference §3.1). */
function fetchPage(input: JsonObject, world: ServerToolWorld): ServerToolOutcome {
  const { url } = input;
  if (typeof url !== 'string' || !URL.canParse(url)) {
    return errorOutcome(RESULT_TYPE, 'invalid_tool_input');
  }
  if (url.length > URL_LETTERS_MAX) return errorOutcome(RESULT_TYPE, 'url_too_long');
  const { protocol, hostname, pathname } = new URL(url);
  if (!/^https?:$/.test(protocol)) return errorOutcome(RESULT_TYPE, 'url_not_accessible');
  if (!urlsIn(world.request).includes(url)) {
    return errorOutcome(RESULT_TYPE, 'url_not_in_prior_context');
  }
  if (!isAllowed(hostname, world.tool)) return errorOutcome(RESULT_TYPE, 'url_not_allowed');
  if (unreadable.test(pathname)) return errorOutcome(RESULT_TYPE, 'unsupported_content_type');
  return fetched(url, world);
}

function fetched(url: string, world: ServerToolWorld): ServerToolOutcome {
  const first = 'This page was made up by the emulator. ';
  const data = `${first}Nothing was fetched from ${url}, and no request has left this machine.`;
  const title = `Emulated copy of ${url}`;
  const { citations } = (world.tool ?? {}) as Readonly<Record<string, unknown>>;
  const isCited = isJsonObject(citations) && citations['enabled'] === true;
  const passage: Passage = {
    text: first.trim(),
    citation: {
      type: 'char_location',
      cited_text: first,
      document_index: documentCount(world.request),
      document_title: title,
      start_char_index: 0,
      end_char_index: first.length,
    },
  };
  return {
    content: {
      type: 'web_fetch_result',
      url,
      retrieved_at: new Date(world.dayMs).toISOString(),
      content: {
        type: 'document',
        source: { type: 'text', media_type: 'text/plain', data },
        title,
        citations: { enabled: isCited },
      },
    },
    said: `An emulated fetch of ${url} brought a page that the emulator made up.`,
    passages: isCited ? [passage] : [],
    foundTools: [],
  };
}
