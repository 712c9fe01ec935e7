import type { JsonObject } from '../../../std/json.ts';
import type { DeterministicRandom } from '../../deterministic-random.ts';
import type { Passage, ServerTool, ServerToolOutcome, ServerToolWorld } from './server-tool.ts';
import { errorOutcome } from './server-tool.ts';
import { searchHosts } from './web-domains.ts';

const RESULT_TYPE = 'web_search_tool_result';
const QUERY_WORDS = 4;
const QUERY_LETTERS_MAX = 1000;
const CONTENT_BYTES = 270;
const INDEX_BYTES = 141;
/** The first byte that the API's own sealed texts have: `E` in base64. */
const SEAL_BYTE = 0x12;

/** Search of the web: results that say they were made up, to be cited (API reference §3.1, §3.4). */
export const webSearch: ServerTool = {
  kind: 'server',
  resultType: RESULT_TYPE,
  resultNamesCaller: true,
  input: ({ view }) => ({ query: view.words.slice(0, QUERY_WORDS).join(' ') }),
  run: search,
};

interface FoundPage {
  readonly title: string;
  readonly url: string;
  readonly sentence: string;
}

function search(input: JsonObject, world: ServerToolWorld): ServerToolOutcome {
  const { query } = input;
  if (typeof query !== 'string' || query === '') {
    return errorOutcome(RESULT_TYPE, 'invalid_tool_input');
  }
  if (query.length > QUERY_LETTERS_MAX) return errorOutcome(RESULT_TYPE, 'query_too_long');
  const pages = foundPages(query, world);
  const { random } = world;
  return {
    content: pages.map(({ title, url }) => ({
      type: 'web_search_result',
      title,
      url,
      encrypted_content: sealed(random, CONTENT_BYTES),
      page_age: null,
    })),
    said: `An emulated search for “${query}” found ${String(pages.length)} pages that do not exist.`,
    passages: pages.slice(0, 2).map((page) => passageOf(page, random)),
    foundTools: [],
  };
}

function foundPages(query: string, world: ServerToolWorld): readonly FoundPage[] {
  const hosts = searchHosts(world.tool);
  const slug = encodeURIComponent(query.toLowerCase().toWellFormed().split(/\s+/).join('-'));
  const count = hosts.length === 0 ? 0 : world.random.between(3, 5);
  return Array.from({ length: count }, (_, index) => {
    const host = hosts[index % hosts.length] ?? '';
    const number = String(index + 1);
    return {
      title: `Emulated result ${number} for ${query}`,
      url: `https://${host}/${slug}/${number}`,
      sentence: `Page ${number} about ${query} was made up by the emulator. `,
    };
  });
}

function passageOf(page: FoundPage, random: DeterministicRandom): Passage {
  return {
    text: page.sentence.trim(),
    citation: {
      type: 'web_search_result_location',
      cited_text: page.sentence,
      url: page.url,
      title: page.title,
      encrypted_index: sealed(random, INDEX_BYTES),
    },
  };
}

function sealed(random: DeterministicRandom, bytes: number): string {
  const content = Buffer.from(random.bytes(bytes));
  content[0] = SEAL_BYTE;
  return content.toString('base64');
}
