import type { MessagesEvent } from '../messages/events.ts';
import { EventFold } from '../messages/fold-events.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject, parseJson } from '../std/json.ts';
import type { AnswerPiece, AnswerReader, AnswerSoFar, ToolCall } from './chat-answer.ts';
import { CommandProblem } from './command-problem.ts';

/** Reads the events of the Messages form. */
export class MessagesAnswerReader implements AnswerReader {
  readonly #fold = new EventFold();
  #start: JsonObject = {};
  #stopReason: string | undefined;
  #usage: JsonObject | undefined;

  take(data: string): readonly AnswerPiece[] {
    const parsed = parseJson(data);
    if (parsed.kind === 'malformed' || !isJsonObject(parsed.value)) return [];
    const event = parsed.value;
    if (event['type'] === 'error') throw failureOf(event);
    this.#fold.take(event as unknown as MessagesEvent);
    this.#note(event);
    return piecesOf(event);
  }

  soFar(): AnswerSoFar {
    const folded = this.#fold.result();
    const message = folded.kind === 'message' ? folded.message : undefined;
    const blocks = message?.content as unknown as readonly JsonObject[] | undefined;
    const { id, model } = this.#start;
    return {
      id: textIn(id),
      model: textIn(model),
      stopReason: this.#stopReason,
      usage: (message?.usage as unknown as JsonObject | undefined) ?? this.#usage,
      calls: (blocks ?? []).flatMap((block) => callOf(block) ?? []),
      blocks,
      isComplete: message !== undefined,
    };
  }

  #note(event: JsonObject): void {
    const { type, message, delta, usage } = event;
    if (type === 'message_start' && isObject(message)) {
      this.#start = message;
      if (isObject(message['usage'])) this.#usage = message['usage'];
    }
    if (type !== 'message_delta') return;
    if (isObject(delta)) this.#stopReason = textIn(delta['stop_reason']);
    if (isObject(usage)) this.#usage = { ...this.#usage, ...usage };
  }
}

function piecesOf({ type, content_block: block, delta }: JsonObject): readonly AnswerPiece[] {
  if (type === 'content_block_start' && isObject(block)) {
    const name = textIn(block['name']);
    return name === undefined ? [] : [{ kind: 'call', text: name }];
  }
  if (type !== 'content_block_delta' || !isObject(delta)) return [];
  const { text, thinking, partial_json } = delta;
  if (typeof text === 'string') return [{ kind: 'text', text }];
  if (typeof thinking === 'string') return [{ kind: 'thinking', text: thinking }];
  return typeof partial_json === 'string' ? [{ kind: 'arguments', text: partial_json }] : [];
}

function callOf({ type, id, name, input }: JsonObject): ToolCall | undefined {
  const isCall = typeof type === 'string' && type.endsWith('tool_use');
  if (!isCall || typeof name !== 'string') return undefined;
  return { id: textIn(id), name, input: input ?? {} };
}

function failureOf({ error, request_id: requestId }: JsonObject): CommandProblem {
  const said = isObject(error) ? error : {};
  const { type, message } = said;
  return new CommandProblem(`${textIn(type) ?? 'error'}: ${textIn(message) ?? 'it failed'}`, {
    ...said,
    ...(requestId === undefined ? {} : { request_id: requestId }),
  });
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return value !== undefined && isJsonObject(value);
}

function textIn(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
