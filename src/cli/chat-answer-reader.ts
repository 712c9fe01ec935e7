import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject, parseJson } from '../std/json.ts';
import type { AnswerPiece, AnswerReader, AnswerSoFar } from './chat-answer.ts';
import { CommandProblem } from './command-problem.ts';

interface OpenCall {
  id: string | undefined;
  name: string;
  argumentsText: string;
}

const LAST = '[DONE]';

/** Reads the chunks of the Chat Completions form. */
export class ChatAnswerReader implements AnswerReader {
  readonly #calls = new Map<number, OpenCall>();
  #first: JsonObject = {};
  #stopReason: string | undefined;
  #usage: JsonObject | undefined;
  #isComplete = false;

  take(data: string): readonly AnswerPiece[] {
    if (data === LAST) {
      this.#isComplete = true;
      return [];
    }
    const parsed = parseJson(data);
    if (parsed.kind === 'malformed' || !isJsonObject(parsed.value)) return [];
    const chunk = parsed.value;
    if (isObject(chunk['error'])) throw failureOf(chunk['error']);
    if (this.#first['id'] === undefined) this.#first = chunk;
    if (isObject(chunk['usage'])) this.#usage = chunk['usage'];
    const [choice] = listOf(chunk['choices']);
    if (!isObject(choice)) return [];
    this.#stopReason = textIn(choice['finish_reason']) ?? this.#stopReason;
    return isObject(choice['delta']) ? this.#pieces(choice['delta']) : [];
  }

  soFar(): AnswerSoFar {
    const { id, model } = this.#first;
    return {
      id: textIn(id),
      model: textIn(model),
      stopReason: this.#stopReason,
      usage: this.#usage,
      calls: [...this.#calls.values()].map(({ id, name, argumentsText }) => {
        const parsed = parseJson(argumentsText);
        return { id, name, input: parsed.kind === 'value' ? parsed.value : argumentsText };
      }),
      blocks: undefined,
      isComplete: this.#isComplete,
    };
  }

  #pieces(delta: JsonObject): readonly AnswerPiece[] {
    const thinking = textIn(delta['reasoning_content']) ?? '';
    const text = `${textIn(delta['content']) ?? ''}${textIn(delta['refusal']) ?? ''}`;
    const calls = listOf(delta['tool_calls']).flatMap((call) =>
      isObject(call) ? this.#growCall(call) : [],
    );
    return [
      ...(thinking === '' ? [] : [{ kind: 'thinking' as const, text: thinking }]),
      ...(text === '' ? [] : [{ kind: 'text' as const, text }]),
      ...calls,
    ];
  }

  #growCall({ index, id, function: called }: JsonObject): readonly AnswerPiece[] {
    if (typeof index !== 'number' || !isObject(called)) return [];
    const { name, arguments: grown } = called;
    const pieces: AnswerPiece[] = [];
    let open = this.#calls.get(index);
    if (open === undefined) {
      open = { id: textIn(id), name: textIn(name) ?? '', argumentsText: '' };
      this.#calls.set(index, open);
      pieces.push({ kind: 'call', text: open.name });
    }
    if (typeof grown === 'string' && grown !== '') {
      open.argumentsText += grown;
      pieces.push({ kind: 'arguments', text: grown });
    }
    return pieces;
  }
}

function failureOf(error: JsonObject): CommandProblem {
  const { type, message } = error;
  return new CommandProblem(`${textIn(type) ?? 'error'}: ${textIn(message) ?? 'it failed'}`, error);
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return value !== undefined && isJsonObject(value);
}

function textIn(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
