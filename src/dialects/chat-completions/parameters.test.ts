import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chatCall, decodeChat, modelM } from '../../../test/support/decode-chat.ts';
import { isRefusal } from '../../messages/errors.ts';
import { decodeRequest } from './decode-request.ts';
import { chatParameters } from './parameters.ts';

const functions = [{ name: 'f' }];
const tools = [{ type: 'function', function: { name: 'f' } }];

/** For each parameter a value that asks for something, and what it needs beside it. */
const samples: Readonly<Record<string, readonly [value: unknown, beside?: object]>> = {
  model: ['claude-opus-4-6'],
  messages: [[{ role: 'user', content: 'other' }]],
  system: ['z'],
  max_completion_tokens: [7],
  max_tokens: [7],
  temperature: [0.5],
  top_p: [0.5],
  top_k: [5],
  stop: ['x'],
  stop_sequences: [['x']],
  stream: [true],
  stream_options: [{ include_usage: true }, { stream: true }],
  n: [1],
  tools: [tools],
  tool_choice: ['required', { tools }],
  parallel_tool_calls: [false, { tools }],
  functions: [functions],
  function_call: ['none', { functions }],
  response_format: [{ type: 'json_object' }],
  output_config: [{ effort: 'low' }],
  output_format: [{ type: 'json_schema', schema: {} }],
  reasoning_effort: ['low'],
  reasoning: [{ effort: 'low' }],
  thinking: [{ type: 'adaptive' }],
  user: ['u'],
  safety_identifier: ['s'],
  metadata: [{ k: 'v' }],
  service_tier: ['default'],
  prompt_cache_options: [{ mode: 'implicit' }],
  cache_control: [{ type: 'ephemeral' }],
  modalities: [['audio']],
  audio: [{ voice: 'x' }],
  logprobs: [true],
  top_logprobs: [2, { logprobs: true }],
  frequency_penalty: [1],
  presence_penalty: [1],
  logit_bias: [{ 5: 1 }],
  seed: [7],
  store: [true],
  prediction: [{ type: 'content', content: 'x' }],
  moderation: ['auto'],
  verbosity: ['low'],
  prompt_cache_key: ['k'],
  prompt_cache_retention: ['24h'],
  web_search_options: [{}],
};

/** All that decides what is asked and answered, but for the list of what had no effect. */
function outcome(change: object): unknown {
  const { up, shape } = decodeChat(change);
  if (shape === undefined) return 'refused';
  const { fields: _fields, ignored: _ignored, ...rest } = shape;
  return { up, shape: rest };
}

describe('the table of parameters', () => {
  test('has each name once, with a sentence, and a sample here', () => {
    const names = chatParameters.map(({ name }) => name);
    expect(names.toSorted()).toEqual(Object.keys(samples).toSorted());
    expect(chatParameters.filter(({ becomes }) => !becomes.endsWith('.'))).toEqual([]);
  });

  test.each(chatParameters.map(({ name, posture }) => [name, posture] as const))(
    '%s is %s',
    (name, posture) => {
      const [value, beside = {}] = samples[name] ?? [];
      const given = { ...beside, [name]: value };
      const { refused, shape } = decodeChat(given);
      expect(refused?.param).toBe(posture === 'refused' ? name : undefined);
      expect(shape?.ignored.includes(name) ?? false).toBe(posture === 'ignored');
      const isUnchanged = isDeepStrictEqual(outcome(given), outcome(beside));
      expect(isUnchanged).toBe(posture === 'ignored' || name === 'n');
    },
  );

  test.each(chatParameters.filter(({ isRequired }) => isRequired !== true).map(({ name }) => name))(
    'null for %s is as if it were not there',
    (name) => {
      const { up, shape } = decodeChat({ [name]: null });
      expect({ up, ignored: shape?.ignored }).toEqual({ up: decodeChat({}).up, ignored: [] });
    },
  );
});

describe('whatever is sent', () => {
  const likely = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom(...Object.values(samples).map(([value]) => value)),
  );
  const bodies = fc.dictionary(fc.constantFrom(...Object.keys(samples), 'unknown'), likely, {
    maxKeys: 6,
  });
  const names = fc.constantFrom(modelM, 'claude-sonnet-4-20250514', 'claude-opus-5', 'engine/own');

  test('it is decoded or refused, never thrown; a refusal of ours names the place', () => {
    fc.assert(
      fc.property(bodies, names, (body, model) => {
        const decoded = decodeRequest(chatCall({ model, ...body }));
        const said = isRefusal(decoded)
          ? `${decoded.code} ${String(decoded.param)}`
          : Buffer.from(decoded.request.body).toString();
        expect(said).toMatch(/^invalid_request (?!undefined)[a-z_]+|^\{.*"stream":true\}$/s);
      }),
      { numRuns: 1500 },
    );
  });
});
