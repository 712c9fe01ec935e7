import type { RequestBlock, ToolResultBlock } from '../../messages/content-blocks.ts';
import type { MessageParam } from '../../messages/request.ts';
import { blocksOf, lastTurnOf } from '../../messages/request.ts';
import type { CheckedRequest } from '../rules/rule.ts';

const QUOTED_LETTERS_MAX = 400;
const CONTINUED_LETTERS_MAX = 10_000;
const WORDS_MAX = 24;
const TELLING_LETTERS = 4;
const fallbackWords = ['example', 'sample', 'emulated'] as const;

/** What an answer may speak of: the outline of a conversation, with short quotations only. */
export interface ConversationView {
  /** The start of what the user wrote last, in one line; empty where there was no text. */
  readonly lastText: string;
  /** Words of that text, or some of our own. */
  readonly words: readonly [string, ...string[]];
  readonly userTurns: number;
  readonly hasSystem: boolean;
  readonly toolNames: readonly string[];
  /** In the last message. */
  readonly imageCount: number;
  readonly documentNames: readonly string[];
  readonly results: readonly ResultView[];
  /** Whether the assistant's own words stand last, to be continued. */
  readonly isContinued: boolean;
  /** The end of those words. */
  readonly continuedText: string;
}

interface ResultView {
  readonly start: string;
  readonly isError: boolean;
}

/** Looks at a conversation. Only the last message is read closely, whatever its length. */
export function viewConversation(request: CheckedRequest): ConversationView {
  const { messages, system, tools = [] } = request;
  const last = lastTurnOf(messages);
  const asked = messages.findLast((message) => message.role === 'user' && textOf(message) !== '');
  const lastText = asked === undefined ? '' : textOf(asked);
  const blocks = last === undefined ? [] : blocksOf(last);
  const lastBlock = blocks.at(-1);
  return {
    lastText,
    words: wordsOf(lastText),
    userTurns: messages.filter((message) => message.role === 'user').length,
    hasSystem: system !== undefined && system.length > 0,
    toolNames: tools.flatMap((tool) => (typeof tool.name === 'string' ? [tool.name] : [])),
    imageCount: blocks.filter((block) => block.type === 'image').length,
    documentNames: blocks.flatMap((block) =>
      block.type === 'document' ? [oneLine(block.title ?? '')] : [],
    ),
    results: blocks
      .filter((block) => block.type === 'tool_result')
      .map((block) => viewResult(block)),
    isContinued: last?.role === 'assistant' && lastBlock?.type === 'text',
    continuedText: lastBlock?.type === 'text' ? lastBlock.text.slice(-CONTINUED_LETTERS_MAX) : '',
  };
}

function viewResult(block: ToolResultBlock): ResultView {
  const { content, is_error } = block;
  const first =
    typeof content === 'string' ? content : content?.find((part) => part.type === 'text')?.text;
  return { start: oneLine(first ?? ''), isError: is_error === true };
}

/** The text of a message in one line, as far as it is quoted. */
function textOf(message: MessageParam): string {
  if (typeof message.content === 'string') return oneLine(message.content);
  const texts = message.content.flatMap((block: RequestBlock) =>
    block.type === 'text' ? [block.text.slice(0, QUOTED_LETTERS_MAX)] : [],
  );
  return oneLine(texts.slice(0, WORDS_MAX).join(' '));
}

function oneLine(text: string): string {
  return text.slice(0, QUOTED_LETTERS_MAX).toWellFormed().replaceAll(/\s+/g, ' ').trim();
}

function wordsOf(text: string): readonly [string, ...string[]] {
  const found = text.match(/[\p{L}\p{N}]{2,20}/gu) ?? [];
  // Short words are mostly articles and prepositions, which tell a reader little.
  const telling = found.filter((word) => word.length >= TELLING_LETTERS);
  const [first, ...rest] = (telling.length > 0 ? telling : found).slice(0, WORDS_MAX);
  return first === undefined ? fallbackWords : [first, ...rest];
}
