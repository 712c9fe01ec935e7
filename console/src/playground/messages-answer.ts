import type { Answer } from './answer.ts';
import { countIn, errorIn, mergedCounts, withChange, withPart } from './answer.ts';
import type { JsonObject } from '../format/json-value.ts';
import { isJsonObject, objectIn, objectsIn, parseJson, textIn } from '../format/json-value.ts';
import type { Part } from './part.ts';

type Step = (answer: Answer, event: JsonObject) => Answer;

const steps: ReadonlyMap<string, Step> = new Map<string, Step>([
  [
    'message_start',
    (answer, event) => {
      const message = objectIn(event, 'message');
      return counted({ ...answer, model: textIn(message, 'model') }, message);
    },
  ],
  [
    'content_block_start',
    (answer, event) => withPart(answer, indexOf(event), partOf(objectIn(event, 'content_block'))),
  ],
  [
    'content_block_delta',
    (answer, event) =>
      withChange(answer, indexOf(event), (part) => grown(part, objectIn(event, 'delta'))),
  ],
  [
    'content_block_stop',
    (answer, event) => withChange(answer, indexOf(event), (part) => ended(part)),
  ],
  [
    'message_delta',
    (answer, event) => {
      const stopReason = textIn(objectIn(event, 'delta'), 'stop_reason');
      return counted({ ...answer, stopReason }, event);
    },
  ],
  ['message_stop', (answer) => ({ ...answer, isWhole: true })],
  ['error', (answer, event) => ({ ...answer, error: errorIn(event) })],
]);

/** Takes one event of the Messages form; events that nobody knows change nothing. */
export function takeMessagesEvent(answer: Answer, event: JsonObject): Answer {
  return steps.get(textIn(event, 'type'))?.(answer, event) ?? answer;
}

/** An answer in one piece as the events that would have brought it. */
export function messageEvents(message: JsonObject): readonly JsonObject[] {
  const blocks = objectsIn(message, 'content').flatMap((block, index): readonly JsonObject[] => [
    { type: 'content_block_start', index, content_block: block },
    { type: 'content_block_stop', index },
  ]);
  const { stop_reason = null, usage = {} } = message;
  return [
    { type: 'message_start', message: { ...message, content: [] } },
    ...blocks,
    { type: 'message_delta', delta: { stop_reason }, usage },
    { type: 'message_stop' },
  ];
}

function indexOf(event: JsonObject): string {
  return JSON.stringify(event['index'] ?? 0);
}

function counted(answer: Answer, holder: JsonObject): Answer {
  const usage = objectIn(holder, 'usage');
  return {
    ...answer,
    usage: mergedCounts(answer.usage, {
      input: countIn(usage, 'input_tokens'),
      output: countIn(usage, 'output_tokens'),
      cacheRead: countIn(usage, 'cache_read_input_tokens'),
      cacheWrite: countIn(usage, 'cache_creation_input_tokens'),
      thinking: countIn(objectIn(usage, 'output_tokens_details'), 'thinking_tokens'),
    }),
  };
}

/** A block as its start shows it. */
function partOf(block: JsonObject): Part {
  switch (block['type']) {
    case 'text':
      return {
        kind: 'text',
        text: textIn(block, 'text'),
        citations: objectsIn(block, 'citations'),
      };
    case 'thinking':
      return {
        kind: 'thinking',
        text: textIn(block, 'thinking'),
        signature: textIn(block, 'signature'),
      };
    case 'redacted_thinking':
      return { kind: 'redacted', data: textIn(block, 'data') };
    case 'tool_use':
      return {
        kind: 'call',
        id: textIn(block, 'id'),
        name: textIn(block, 'name'),
        argumentsText: inputText(block),
      };
    default:
      return { kind: 'other', block, argumentsText: '' };
  }
}

/** A stream begins a call with an empty input and sends it in pieces; one piece has it whole. */
function inputText(block: JsonObject): string {
  const input = objectIn(block, 'input');
  return Object.keys(input).length === 0 ? '' : JSON.stringify(input);
}

function grown(part: Part, delta: JsonObject): Part {
  switch (delta['type']) {
    case 'text_delta':
      return part.kind === 'text' ? { ...part, text: part.text + textIn(delta, 'text') } : part;
    case 'citations_delta':
      return part.kind === 'text'
        ? { ...part, citations: [...part.citations, objectIn(delta, 'citation')] }
        : part;
    case 'thinking_delta':
      return part.kind === 'thinking'
        ? { ...part, text: part.text + textIn(delta, 'thinking') }
        : part;
    case 'signature_delta':
      return part.kind === 'thinking'
        ? { ...part, signature: part.signature + textIn(delta, 'signature') }
        : part;
    case 'input_json_delta':
      return part.kind === 'call' || part.kind === 'other'
        ? { ...part, argumentsText: part.argumentsText + textIn(delta, 'partial_json') }
        : part;
    case 'compaction_delta':
      return part.kind === 'other'
        ? { ...part, block: { ...part.block, content: delta['content'] ?? null } }
        : part;
    default:
      return part;
  }
}

/** A call without arguments has empty ones; what a server tool was asked belongs in its block. */
function ended(part: Part): Part {
  if (part.kind === 'call' && part.argumentsText === '') return { ...part, argumentsText: '{}' };
  if (part.kind !== 'other' || part.argumentsText === '') return part;
  const input = parseJson(part.argumentsText);
  return isJsonObject(input) ? { ...part, block: { ...part.block, input } } : part;
}

/** A part of a turn as a block of this form; undefined for what cannot be sent (again). */
export function blockOf(part: Part): JsonObject | undefined {
  switch (part.kind) {
    case 'text':
      if (part.text === '') return undefined;
      return {
        type: 'text',
        text: part.text,
        ...(part.citations.length === 0 ? {} : { citations: part.citations }),
      };
    case 'thinking':
      if (part.signature === '') return undefined;
      return { type: 'thinking', thinking: part.text, signature: part.signature };
    case 'redacted':
      return { type: 'redacted_thinking', data: part.data };
    case 'call': {
      const input = parseJson(part.argumentsText);
      if (!isJsonObject(input)) return undefined;
      return { type: 'tool_use', id: part.id, name: part.name, input };
    }
    case 'result':
      return {
        type: 'tool_result',
        tool_use_id: part.callId,
        content: part.text,
        ...(part.isError ? { is_error: true } : {}),
      };
    case 'image':
    case 'pdf':
      return {
        type: part.kind === 'image' ? 'image' : 'document',
        source: { type: 'base64', media_type: part.mediaType, data: part.data },
      };
    case 'other':
      return part.block;
  }
}

/** Text alone is said as text. */
export function contentOf(parts: readonly Part[]): string | readonly JsonObject[] {
  const [first, second] = parts;
  if (first?.kind === 'text' && second === undefined && first.citations.length === 0) {
    return first.text;
  }
  const blocks = parts.map((part) => blockOf(part)).filter((block) => block !== undefined);
  // Results come before what is said of them.
  const results = blocks.filter(({ type }) => type === 'tool_result');
  return [...results, ...blocks.filter(({ type }) => type !== 'tool_result')];
}

/** Whether anything of a turn would be sent. */
export function isSendable(parts: readonly Part[]): boolean {
  const content = contentOf(parts);
  return typeof content === 'string' ? content.trim() !== '' : content.length > 0;
}
