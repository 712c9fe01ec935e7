import { parseJson } from '../../src/std/json.ts';
import type { Chunk } from './chat-checks.ts';

/** An answer as the parts of it that streams and whole answers have in common, in one spelling. */
export interface ComparableAnswer {
  readonly content: string;
  readonly refusal: string;
  readonly calls: readonly unknown[];
  readonly reasoning: readonly unknown[];
  readonly annotations: readonly unknown[];
  readonly finishReason: unknown;
  readonly nativeFinishReason: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

interface CallDelta {
  readonly index: number;
  readonly id?: string;
  readonly type?: string;
  readonly function?: { readonly name?: string; readonly arguments?: string };
  readonly custom?: { readonly name?: string; readonly input?: string };
}

/** What a client without a library makes of a stream: texts are joined, lists are appended. */
export function foldChunks(chunks: readonly Chunk[]): ComparableAnswer {
  const choices = chunks.flatMap(({ choices: [choice] }) => choice ?? []);
  const deltas = choices.map(({ delta }) => delta);
  const last: Fields = { ...choices.at(-1) };
  const calls = [
    ...foldFunctionCall(deltas),
    ...foldCalls(listed(deltas, 'tool_calls') as CallDelta[]),
  ];
  return {
    content: joined(deltas, 'content'),
    refusal: joined(deltas, 'refusal'),
    calls: parsedCalls(withoutCutCall(calls, last['finish_reason'])),
    reasoning: [
      joined(deltas, 'reasoning_content'),
      listed(deltas, 'thinking_blocks'),
      joined(deltas, 'reasoning'),
      ...wholeDetails(listed(deltas, 'reasoning_details') as Fields[]),
    ],
    annotations: listed(deltas, 'annotations'),
    finishReason: last['finish_reason'],
    nativeFinishReason: last['native_finish_reason'],
  };
}

/** The same of an answer in one piece. */
export function comparable(completion: {
  readonly choices: readonly { readonly message: object }[];
}): ComparableAnswer {
  const [choice] = completion.choices;
  const message: Fields = { ...choice?.message };
  const rest: Fields = { ...choice };
  return {
    content: joined([message], 'content'),
    refusal: joined([message], 'refusal'),
    calls: parsedCalls([...foldFunctionCall([message]), ...listed([message], 'tool_calls')]),
    reasoning: [
      joined([message], 'reasoning_content'),
      listed([message], 'thinking_blocks'),
      joined([message], 'reasoning'),
      ...wholeDetails(listed([message], 'reasoning_details') as Fields[]),
    ],
    annotations: listed([message], 'annotations'),
    finishReason: rest['finish_reason'],
    nativeFinishReason: rest['native_finish_reason'],
  };
}

function joined(deltas: readonly Fields[], name: string): string {
  return deltas.map((delta) => (delta[name] as string | null | undefined) ?? '').join('');
}

function listed(deltas: readonly Fields[], name: string): unknown[] {
  return deltas.flatMap((delta) => (delta[name] as readonly unknown[] | undefined) ?? []);
}

function foldFunctionCall(deltas: readonly Fields[]): object[] {
  const parts: Fields[] = deltas.flatMap(({ function_call: call }) =>
    typeof call === 'object' && call !== null ? { ...call } : [],
  );
  if (parts.length === 0) return [];
  return [{ name: joined(parts, 'name'), arguments: joined(parts, 'arguments') }];
}

function foldCalls(parts: readonly CallDelta[]): object[] {
  const count = Math.max(-1, ...parts.map(({ index }) => index)) + 1;
  return Array.from({ length: count }, (_, at) => {
    const own = parts.filter(({ index }) => index === at);
    const { id, type } = { ...own[0] };
    if (type === 'custom') {
      const custom: Fields[] = own.map((part) => ({ ...part.custom }));
      return { id, type, custom: { name: joined(custom, 'name'), input: joined(custom, 'input') } };
    }
    const called: Fields[] = own.map((part) => ({ ...part.function }));
    return {
      id,
      type,
      function: { name: joined(called, 'name'), arguments: joined(called, 'arguments') },
    };
  });
}

/** Calls with their arguments as what they say, however that is spaced. */
function parsedCalls(calls: readonly unknown[]): unknown[] {
  return calls.map((call) => {
    const { function: nested, ...rest } = call as Fields;
    const called = { ...(nested ?? rest) } as Fields;
    const parsed = parseJson(String(called['arguments']));
    return parsed.kind === 'malformed' ? call : { ...rest, ...called, arguments: parsed.value };
  });
}

/**
 * A call that `max_tokens` cut is none: an answer in one piece leaves it out, but a stream has said
 * the beginning of it (chat reference §2.10).
 */
function withoutCutCall(calls: readonly unknown[], finishReason: unknown): unknown[] {
  const last = { ...(calls.at(-1) as Fields | undefined) };
  const { arguments: written = '' } = { ...((last['function'] ?? last) as Fields) };
  const isCut = finishReason === 'length' && parseJson(String(written)).kind === 'malformed';
  return isCut ? calls.slice(0, -1) : [...calls];
}

/** Pieces of one detail have its index: their texts are joined, and what else comes is the detail's. */
function wholeDetails(pieces: readonly Fields[]): unknown[] {
  const byIndex = new Map<unknown, Record<string, unknown>>();
  for (const piece of pieces) {
    const before = byIndex.get(piece['index']);
    const text = joined(before === undefined ? [piece] : [before, piece], 'text');
    const said = Object.entries(piece).filter(([, value]) => value !== null);
    byIndex.set(piece['index'], { ...before, ...Object.fromEntries(said), text });
  }
  return [...byIndex.values()];
}
