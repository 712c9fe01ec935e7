/** Streams of an engine that speaks Chat Completions, written by hand, for tests that feed them in. */

export function chunk(delta: object, more: object = {}): object {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'their-model',
    choices: [{ index: 0, delta, finish_reason: null, ...more }],
  };
}

export function finish(reason: string, more: object = {}): object {
  return chunk({}, { finish_reason: reason, ...more });
}

export const usage: object = {
  prompt_tokens: 20,
  completion_tokens: 7,
  total_tokens: 27,
  prompt_tokens_details: { cached_tokens: 5 },
  completion_tokens_details: { reasoning_tokens: 2 },
};

/** The chunk that comes last where usage was asked for. */
export const usageChunk: object = { ...chunk({}), choices: [], usage };

/** A piece of a call of a tool. */
export function callDelta(index: number | undefined, called: object, id?: string): object {
  const place = index === undefined ? {} : { index };
  const named = id === undefined ? {} : { id, type: 'function' };
  return { tool_calls: [{ ...place, ...named, function: called }] };
}

/** Chunks as server-sent events. */
export function engineStream(chunks: readonly object[], end = 'data: [DONE]\n\n'): string {
  return chunks.map((said) => `data: ${JSON.stringify(said)}\n\n`).join('') + end;
}
