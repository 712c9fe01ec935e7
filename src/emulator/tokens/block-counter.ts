import type {
  ImageBlock,
  RequestBlock,
  SearchResultBlock,
  ToolResultBlock,
  ToolResultPart,
} from '../../messages/content-blocks.ts';
import { unreachable } from '../../std/assert.ts';
import type { JsonObject, JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';
import type { ModelFacts } from '../model-facts.ts';
import { countDocument } from './count-document.ts';
import { imageTokens, unseenImageTokens } from './image-tokens.ts';
import { spellJson } from './spell-json.ts';
import { countTokens } from './split-tokens.ts';
import type { VocabularyName } from './token-vocabulary.ts';

/** What stands around calls of tools and their results. */
interface CallRates {
  readonly call: number;
  readonly argument: number;
  readonly result: number;
  /** More where results come together. */
  readonly several: number;
}

const callRates: Readonly<Record<VocabularyName, CallRates>> = {
  'generation-3': { call: 15, argument: 6, result: 15, several: 30 },
  'generation-5': { call: 6, argument: 0, result: 5, several: 5 },
};

/** Tokens a letter of what search results carry sealed. */
const sealedRates: Readonly<Record<VocabularyName, number>> = {
  'generation-3': 0.354,
  'generation-5': 0.43,
};
const SEARCH_RESULT_TOKENS = 12;
const UPLOAD_TOKENS = 10;
/** More for a picture that stands among results. */
const RESULT_IMAGE_TOKENS = 12;

/** Counts the blocks of messages as one model reads them. Thinking is counted apart. */
export class BlockCounter {
  readonly #facts: ModelFacts;
  readonly #calls: CallRates;
  readonly #text = (text: string): number => countTokens(text, this.#facts.tokenizer);

  constructor(facts: ModelFacts) {
    this.#facts = facts;
    this.#calls = callRates[facts.tokenizer.vocabulary];
  }

  /** More for the first of several results in one message. */
  get severalTokens(): number {
    return this.#calls.several;
  }

  count(block: RequestBlock): number {
    switch (block.type) {
      case 'text':
        return this.#text(block.text);
      case 'image':
        return this.#image(block);
      case 'document':
        return countDocument(block, this.#facts);
      case 'search_result':
        return this.#searchResult(block);
      case 'tool_use':
      case 'server_tool_use':
      case 'mcp_tool_use':
        return this.#call(block.name, block.input);
      case 'tool_result':
        return this.#toolResult(block);
      case 'mcp_tool_result':
        return this.#calls.result + this.#sealed(block.content ?? '');
      case 'compaction':
        return this.#text(block.content ?? '');
      case 'container_upload':
        return UPLOAD_TOKENS;
      case 'thinking':
      case 'redacted_thinking':
        return 0;
      case 'web_search_tool_result':
      case 'web_fetch_tool_result':
      case 'code_execution_tool_result':
      case 'bash_code_execution_tool_result':
      case 'text_editor_code_execution_tool_result':
      case 'tool_search_tool_result':
      case 'advisor_tool_result':
        return this.#calls.result + this.#sealed(block.content);
      default:
        return unreachable(block);
    }
  }

  #call(name: string, input: JsonObject): number {
    const members = Object.entries(input).map(([key, value]) => {
      const written = typeof value === 'string' ? value : spellJson(value);
      return `<parameter name="${key}">${written}</parameter>\n`;
    });
    const written = `<invoke name="${name}">\n${members.join('')}</invoke>`;
    return this.#calls.call + this.#calls.argument * members.length + this.#text(written);
  }

  #toolResult({ content }: ToolResultBlock): number {
    if (typeof content === 'string') return this.#calls.result + this.#text(content);
    let count = this.#calls.result;
    for (const part of content ?? []) count += this.#part(part);
    return count;
  }

  #part(part: ToolResultPart): number {
    if (part.type === 'tool_reference') return this.#text(part.tool_name);
    const around = part.type === 'image' ? RESULT_IMAGE_TOKENS : 0;
    return around + this.count(part);
  }

  #image(block: ImageBlock): number {
    const { images } = this.#facts;
    const { source } = block;
    return source.type === 'base64' ? imageTokens(source.data, images) : unseenImageTokens(images);
  }

  #searchResult({ source, title, content }: SearchResultBlock): number {
    let count = SEARCH_RESULT_TOKENS + this.#text(source) + this.#text(title);
    for (const part of content) count += this.#text(part.text);
    return count;
  }

  /**
   * What a tool of the API's own left: text as text, and what is sealed by its length. Keeps a
   * list of its own, as a deep value must not end the stack.
   */
  #sealed(content: JsonValue | readonly object[]): number {
    const waiting: JsonValue[] = [content as JsonValue];
    let count = 0;
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (typeof next === 'string') count += this.#text(next);
      else if (Array.isArray(next)) for (const item of next) waiting.push(item as JsonValue);
      else if (isJsonObject(next)) count += this.#sealedMembers(next, waiting);
    }
    return count;
  }

  #sealedMembers(content: JsonObject, waiting: JsonValue[]): number {
    const { encrypted_content: sealed, type: _type, ...open } = content;
    if (typeof sealed === 'string') {
      // The seal holds title and address too.
      return Math.round(sealed.length * sealedRates[this.#facts.tokenizer.vocabulary]);
    }
    for (const member of Object.values(open)) if (member !== undefined) waiting.push(member);
    return 0;
  }
}
