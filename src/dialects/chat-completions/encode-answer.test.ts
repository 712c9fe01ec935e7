import { describe, expect, test } from 'vitest';
import { completionOf, messageOf, shapeOf } from '../../../test/support/chat-answer.ts';
import type { ChatAnswer, ChatChoice } from '../../chat-form/chat-response.ts';
import type { Message } from '../../messages/response.ts';
import type { AnswerShape } from './answer-shape.ts';
import { createAnswerEncoder } from './encode-answer.ts';

function choiceOf(more: object, shape: Partial<AnswerShape> = {}): ChatChoice {
  const [choice, ...others] = completionOf(messageOf(more), shape).choices;
  expect(others).toEqual([]);
  if (choice === undefined) throw new Error('an answer without a choice');
  return choice;
}

function messageIn(content: readonly object[], shape: Partial<AnswerShape> = {}): ChatAnswer {
  return choiceOf({ content }, shape).message;
}

const text = (words: string): object => ({ type: 'text', text: words });
const call = (input: object): object => ({ type: 'tool_use', id: 'toolu_1', name: 'f', input });
const thinking = { type: 'thinking', thinking: 'hm', signature: 'sig' };
const redacted = { type: 'redacted_thinking', data: 'xyz' };

describe('an answer in one piece', () => {
  test('D01 a plain answer', () => {
    const completion = completionOf(messageOf());
    expect(completion).toEqual({
      id: expect.stringMatching(/^chatcmpl-[A-Za-z0-9]{29}$/) as string,
      object: 'chat.completion',
      created: 1_762_343_744,
      model: 'anthropic/claude-sonnet-4.6',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'hello', refusal: null },
          finish_reason: 'stop',
          native_finish_reason: 'end_turn',
          logprobs: null,
        },
      ],
      usage: {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 15,
        prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
      },
    });
  });

  const contents: readonly (readonly [string, readonly object[], Partial<ChatAnswer>])[] = [
    ['D02 texts are joined as they are', [text('a'), text('b')], { content: 'ab' }],
    [
      'D03 a text and a call, both',
      [text('a'), call({ x: 1 })],
      {
        content: 'a',
        tool_calls: [
          { id: 'toolu_1', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
        ],
      },
    ],
    [
      'D04 a call alone, without arguments',
      [call({})],
      {
        content: null,
        tool_calls: [{ id: 'toolu_1', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
    ],
    [
      'D05 thinking stands beside the text',
      [thinking, text('a')],
      {
        content: 'a',
        reasoning_content: 'hm',
        thinking_blocks: [{ type: 'thinking', thinking: 'hm', signature: 'sig' }],
      },
    ],
    [
      'D06 redacted thinking',
      [redacted, text('a')],
      { content: 'a', thinking_blocks: [{ type: 'redacted_thinking', data: 'xyz' }] },
    ],
    ['D10 nothing', [], { content: '' }],
    [
      'D16 what server tools do is not for the caller to answer',
      [
        { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'x' } },
        { type: 'web_search_tool_result', tool_use_id: 's', content: [] },
        { type: 'mcp_tool_use', id: 'm', name: 'x', server_name: 's', input: {} },
        { type: 'kind_of_next_year' },
        text('a'),
      ],
      { content: 'a' },
    ],
  ];

  test.each(contents)('%s', (_name, content, expected) => {
    expect(messageIn(content)).toEqual({ role: 'assistant', refusal: null, ...expected });
  });

  test.each<[string, string, string]>([
    ['D07 the most tokens', 'max_tokens', 'length'],
    ['D08 a stop sequence', 'stop_sequence', 'stop'],
    ['D14 the window', 'model_context_window_exceeded', 'length'],
    ['D15 a reason of next year', 'new_thing', 'stop'],
    ['a call', 'tool_use', 'tool_calls'],
    ['a turn that pauses', 'pause_turn', 'stop'],
  ])('%s: %s finishes with %s', (_name, stopReason, finishReason) => {
    expect(choiceOf({ stop_reason: stopReason })).toMatchObject({
      finish_reason: finishReason,
      native_finish_reason: stopReason,
      message: { content: 'hello' },
    });
  });

  test('no reason at all is an end', () => {
    expect(choiceOf({ stop_reason: null })).toMatchObject({
      finish_reason: 'stop',
      native_finish_reason: null,
    });
  });

  test('D09 a refusal keeps the text before it', () => {
    const stop_details = { type: 'refusal', explanation: 'Not this.' };
    expect(choiceOf({ stop_reason: 'refusal', stop_details })).toMatchObject({
      finish_reason: 'content_filter',
      message: { content: 'hello', refusal: 'Not this.' },
    });
    const { message } = choiceOf({ stop_reason: 'refusal', stop_details: null });
    expect(message.refusal).toMatch(/declined/);
  });

  test('D11 what the cache read and wrote is part of the prompt', () => {
    const usage = {
      input_tokens: 3,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 20,
      cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 0 },
      output_tokens: 7,
    };
    expect(completionOf(messageOf({ usage })).usage).toEqual({
      prompt_tokens: 123,
      completion_tokens: 7,
      total_tokens: 130,
      prompt_tokens_details: { cached_tokens: 100, cache_write_tokens: 20 },
      cache_creation_input_tokens: 20,
      cache_read_input_tokens: 100,
      cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 0 },
    });
  });

  test('D12 nulls count as 0', () => {
    const none = { cache_read_input_tokens: null, cache_creation_input_tokens: null };
    const usage = { input_tokens: 3, output_tokens: 7, cache_creation: null, ...none };
    expect(completionOf(messageOf({ usage })).usage).toMatchObject({
      prompt_tokens: 3,
      total_tokens: 10,
      prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    });
  });

  test('D13 thinking is counted where it is reported', () => {
    const usage = {
      input_tokens: 3,
      output_tokens: 7,
      output_tokens_details: { thinking_tokens: 4 },
    };
    const details = { completion_tokens_details: { reasoning_tokens: 4 } };
    expect(completionOf(messageOf({ usage })).usage).toMatchObject(details);
    expect(completionOf(messageOf()).usage).not.toHaveProperty('completion_tokens_details');
  });

  test('D17 reasoning that is to be left out', () => {
    const content = [thinking, redacted, text('a')];
    expect(messageIn(content, { reasoning: 'excluded' })).toEqual({
      role: 'assistant',
      content: 'a',
      refusal: null,
    });
  });

  test('reasoning in the other convention, for those who asked in it', () => {
    const content = [thinking, redacted, text('a')];
    const format = 'anthropic-claude-v1';
    expect(messageIn(content, { reasoning: 'content-blocks-and-details' })).toMatchObject({
      reasoning: 'hm',
      reasoning_content: 'hm',
      thinking_blocks: [thinking, redacted],
      reasoning_details: [
        { type: 'reasoning.text', text: 'hm', signature: 'sig', format, index: 0 },
        { type: 'reasoning.encrypted', data: 'xyz', format, index: 1 },
      ],
    });
  });

  test('thinking without a signature has no block that could be given back', () => {
    const unsigned = { type: 'thinking', thinking: 'hm', signature: '' };
    const message = messageIn([unsigned, text('a')]);
    expect(message.reasoning_content).toBe('hm');
    expect(message).not.toHaveProperty('thinking_blocks');
    const silent = { type: 'thinking', thinking: '', signature: 'sig' };
    expect(messageIn([silent])).toMatchObject({ thinking_blocks: [silent] });
  });

  test('C18 a call of a tool that takes text is unwrapped', () => {
    const customTools = new Set(['f']);
    expect(messageIn([call({ input: 'x = 1' })], { customTools }).tool_calls).toEqual([
      { id: 'toolu_1', type: 'custom', custom: { name: 'f', input: 'x = 1' } },
    ]);
    expect(messageIn([call({ other: 1 })], { customTools }).tool_calls).toMatchObject([
      { custom: { input: '{"other":1}' } },
    ]);
  });

  test('C20 functions of the form of 2023 are called in its way', () => {
    const choice = choiceOf(
      { content: [call({ x: 1 }), call({ x: 2 })], stop_reason: 'tool_use' },
      { callsAs: 'function_call' },
    );
    expect(choice.finish_reason).toBe('function_call');
    expect(choice.message).toEqual({
      role: 'assistant',
      content: null,
      refusal: null,
      function_call: { name: 'f', arguments: '{"x":1}' },
    });
  });

  test('C24 a code fence around JSON is taken off', () => {
    const content = [text('```json\n{"a"'), text(':1}\n```')];
    expect(messageIn(content, { removesFence: true }).content).toBe('{"a":1}');
    expect(messageIn(content).content).toBe('```json\n{"a":1}\n```');
  });

  test('pages that a text cites are annotations of it, each once', () => {
    const page = { type: 'web_search_result_location', url: 'https://a.example/', title: 'A' };
    const own = { type: 'char_location', cited_text: 'x', document_index: 0 };
    const cited = { type: 'text', text: 'is so', citations: [page, own, page] };
    expect(messageIn([text('That '), cited, text('.')])).toEqual({
      role: 'assistant',
      content: 'That is so.',
      refusal: null,
      annotations: [
        {
          type: 'url_citation',
          url_citation: { start_index: 5, end_index: 10, url: 'https://a.example/', title: 'A' },
        },
      ],
    });
  });

  test('a call that was cut is no call', () => {
    const cut = messageOf({ content: [text('a'), call({ x: 1 })], stop_reason: 'max_tokens' });
    const encoder = createAnswerEncoder(shapeOf());
    const bodyOf = (isCallCut: boolean): unknown =>
      JSON.parse(Buffer.from(encoder.encodeMessage(cut, { isCallCut }).body).toString());
    expect(bodyOf(true)).toMatchObject({
      choices: [{ finish_reason: 'length', message: { role: 'assistant', content: 'a' } }],
    });
    expect(JSON.stringify(bodyOf(true))).not.toContain('tool_calls');
    expect(JSON.stringify(bodyOf(false))).toContain('tool_calls');
  });

  test('the tier that served it, and metadata as it came', () => {
    const metadata = { k: 'v' };
    const served = (service_tier: string): Message =>
      messageOf({ usage: { input_tokens: 1, output_tokens: 1, service_tier } });
    expect(completionOf(served('standard'), { metadata })).toMatchObject({
      service_tier: 'default',
      metadata,
    });
    expect(completionOf(served('priority')).service_tier).toBe('priority');
    expect(completionOf(served('batch'))).not.toHaveProperty('service_tier');
  });
});

describe('credits', () => {
  const credits = (markupPercent: number): AnswerShape['credits'] => ({
    markupPercent,
    costNanoUsd: ({ inputTokens = 0, outputTokens = 0 }) =>
      BigInt(inputTokens) * 3000n + BigInt(outputTokens) * 15_000n,
  });
  const usage = { input_tokens: 16, output_tokens: 264 };

  test('D18 the list price with its markup, rounded up to a whole credit', () => {
    const encoder = createAnswerEncoder(shapeOf({ credits: credits(30) }));
    const { headers, body } = encoder.encodeMessage(messageOf({ usage }));
    const text = Buffer.from(body).toString();
    expect(text).toContain('"meta":{"usage":{"credits_used":10421,"usd_spent":0.0052105}}');
    expect(headers).toEqual([
      'x-aimlapi-credits-used',
      '10421',
      'x-aimlapi-usd-spent',
      '0.0052105',
    ]);
  });

  test.each<[number, number]>([
    [0, 8016],
    [0.01, 8017],
    [12.5, 9018],
    [100, 16_032],
  ])('a markup of %s percent comes to %s credits', (markupPercent, used) => {
    const { meta } = completionOf(messageOf({ usage }), { credits: credits(markupPercent) });
    expect(meta?.usage).toEqual({ credits_used: used, usd_spent: used / 2_000_000 });
  });

  test('an unknown cost is not zero: nothing is said of it', () => {
    const unknown = { markupPercent: 30, costNanoUsd: () => undefined };
    const encoder = createAnswerEncoder(shapeOf({ credits: unknown }));
    const { headers, body } = encoder.encodeMessage(messageOf({ usage }));
    expect(headers).toEqual([]);
    expect(Buffer.from(body).toString()).not.toContain('meta');
  });
});
