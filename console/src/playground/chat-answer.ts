import type { Answer } from './answer.ts';
import { countIn, errorIn, mergedCounts, withChange, withPart } from './answer.ts';
import type { JsonObject } from '../format/json-value.ts';
import { isJsonObject, objectIn, objectsIn, textIn } from '../format/json-value.ts';
import type { Part } from './part.ts';
import { textPart } from './part.ts';

const TEXT = 'text';
const THOUGHT = 'thought';

/** Takes one chunk of Chat Completions. */
export function takeChatChunk(answer: Answer, chunk: JsonObject): Answer {
  if (isJsonObject(chunk['error'])) return { ...answer, error: errorIn(chunk) };
  const [choice = {}] = objectsIn(chunk, 'choices');
  const named = { ...answer, model: textIn(chunk, 'model') || answer.model };
  const grown = takeDelta(named, objectIn(choice, 'delta'));
  const stopReason = textIn(choice, 'finish_reason') || grown.stopReason;
  return counted({ ...grown, stopReason }, objectIn(chunk, 'usage'));
}

/** What ends a stream that came to its end. */
export function endChat(answer: Answer): Answer {
  return { ...answer, isWhole: true };
}

/** An answer in one piece as the one chunk that would have brought it. */
export function completionChunks(completion: JsonObject): readonly JsonObject[] {
  const [choice = {}] = objectsIn(completion, 'choices');
  const message = objectIn(choice, 'message');
  const calls = objectsIn(message, 'tool_calls').map((call, index) => ({ ...call, index }));
  const delta = { ...message, tool_calls: calls };
  const finish_reason = choice['finish_reason'] ?? null;
  return [{ ...completion, choices: [{ index: 0, delta, finish_reason }] }];
}

function takeDelta(answer: Answer, delta: JsonObject): Answer {
  const thought = withThought(answer, textIn(delta, 'reasoning_content'));
  const sealed = objectsIn(delta, 'thinking_blocks').reduce(withSeal, thought);
  const said = withText(sealed, textIn(delta, 'content') || textIn(delta, 'refusal'));
  return objectsIn(delta, 'tool_calls').reduce(withCall, said);
}

/** Text goes on where it was left, unless something else came in between. */
function withText(answer: Answer, text: string): Answer {
  if (text === '') return answer;
  if (answer.parts.at(-1)?.kind !== 'text') return withPart(answer, TEXT, textPart(text));
  return withChange(answer, TEXT, (part) =>
    part.kind === 'text' ? { ...part, text: part.text + text } : part,
  );
}

function withThought(answer: Answer, text: string): Answer {
  if (text === '') return answer;
  if (!isThinking(answer.parts.at(-1))) {
    return withPart(answer, THOUGHT, { kind: 'thinking', text, signature: '' });
  }
  return withChange(answer, THOUGHT, (part) =>
    part.kind === 'thinking' ? { ...part, text: part.text + text } : part,
  );
}

function isThinking(part: Part | undefined): boolean {
  return part?.kind === 'thinking' && part.signature === '';
}

/** A whole block comes after its words: it seals the thought that is open. */
function withSeal(answer: Answer, block: JsonObject): Answer {
  if (block['type'] === 'redacted_thinking') {
    return withPart(answer, THOUGHT, { kind: 'redacted', data: textIn(block, 'data') });
  }
  const whole: Part = {
    kind: 'thinking',
    text: textIn(block, 'thinking'),
    signature: textIn(block, 'signature'),
  };
  const isOpen = isThinking(answer.parts[answer.indexes.lastIndexOf(THOUGHT)]);
  return isOpen ? withChange(answer, THOUGHT, () => whole) : withPart(answer, THOUGHT, whole);
}

/** The first piece of a call has its id and its name. */
function withCall(answer: Answer, piece: JsonObject): Answer {
  const index = `call ${JSON.stringify(piece['index'] ?? 0)}`;
  const { name, argumentsText } = saidIn(piece);
  if (!answer.indexes.includes(index)) {
    const id = textIn(piece, 'id');
    return withPart(answer, index, { kind: 'call', id, name, argumentsText });
  }
  return withChange(answer, index, (part) =>
    part.kind === 'call' ? { ...part, argumentsText: part.argumentsText + argumentsText } : part,
  );
}

function saidIn(piece: JsonObject): { readonly name: string; readonly argumentsText: string } {
  const called = objectIn(piece, 'function');
  return { name: textIn(called, 'name'), argumentsText: textIn(called, 'arguments') };
}

/** This form counts the cache among the prompt; here each class stands for itself. */
function counted(answer: Answer, usage: JsonObject): Answer {
  const prompt = countIn(usage, 'prompt_tokens');
  if (prompt === undefined) return answer;
  const details = objectIn(usage, 'prompt_tokens_details');
  const cacheRead = countIn(details, 'cached_tokens') ?? 0;
  const cacheWrite = countIn(details, 'cache_write_tokens') ?? 0;
  const thinking = countIn(objectIn(usage, 'completion_tokens_details'), 'reasoning_tokens');
  const counts = {
    input: Math.max(0, prompt - cacheRead - cacheWrite),
    output: countIn(usage, 'completion_tokens'),
    cacheRead,
    cacheWrite,
    thinking,
  };
  return { ...answer, usage: mergedCounts(answer.usage, counts) };
}
