import { describe, expect, test } from 'vitest';
import { UsageState } from './usage.ts';

describe('UsageState', () => {
  test('what message_delta says replaces what message_start said, and is never added', () => {
    const state = new UsageState();
    state.merge({ input_tokens: 381, output_tokens: 16 });
    state.mergeFinal({ input_tokens: 381, output_tokens: 50 });
    expect(state.usage).toEqual({ inputTokens: 381, outputTokens: 50 });
    expect(state.isFinal).toBe(true);
  });

  test('a field that message_delta does not carry keeps its value', () => {
    const state = new UsageState();
    state.merge({
      input_tokens: 10,
      cache_read_input_tokens: 700,
      cache_creation_input_tokens: 30,
      cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 10 },
      output_tokens: 1,
    });
    state.mergeFinal({ output_tokens: 90, output_tokens_details: { thinking_tokens: 40 } });
    expect(state.usage).toEqual({
      inputTokens: 10,
      cacheReadTokens: 700,
      cacheWriteTokens: 30,
      cacheWrite5mTokens: 20,
      cacheWrite1hTokens: 10,
      outputTokens: 90,
      thinkingTokens: 40,
    });
  });

  test('input that grows with server tools is taken over', () => {
    const state = new UsageState();
    state.merge({ input_tokens: 2237, output_tokens: 1 });
    state.mergeFinal({
      input_tokens: 12_116,
      output_tokens: 300,
      server_tool_use: { web_search_requests: 1, web_fetch_requests: 0 },
    });
    expect(state.usage).toMatchObject({
      inputTokens: 12_116,
      webSearchRequests: 1,
      webFetchRequests: 0,
    });
  });

  test('absent is unknown, not zero', () => {
    const state = new UsageState();
    expect(state.usage).toEqual({});
    state.mergeFinal(undefined);
    expect(state.usage).toEqual({});
    expect(state.isFinal).toBe(false);
  });

  test('a reported zero is a zero', () => {
    const state = new UsageState();
    state.mergeFinal({ input_tokens: 0, output_tokens: 0 });
    expect(state.usage).toEqual({ inputTokens: 0, outputTokens: 0 });
  });

  test.each([-1, 1.5, Number.MAX_SAFE_INTEGER + 1, '7', null, true])(
    'a count of %s is not believed',
    (count) => {
      const state = new UsageState();
      state.merge({ input_tokens: 5, output_tokens: 1 });
      state.mergeFinal({ input_tokens: count, output_tokens: 2 });
      expect(state.usage).toEqual({ inputTokens: 5, outputTokens: 2 });
    },
  );
});
