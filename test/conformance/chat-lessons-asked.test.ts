import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/std/json.ts';
import { ended, started, stopped, textBlock, wireOf } from '../support/chat-answer.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream, upstreamYaml } from '../support/scripted-upstream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** What other translations got wrong in requests, one case a lesson; chat reference §3. */

let upstream: ScriptedUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  const answer = wireOf([started, ...textBlock(0, 'ok'), ended('end_turn'), stopped]);
  upstream = await startScriptedUpstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(answer);
  });
  gateway = await startTestGateway(upstreamYaml(upstream.url));
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

function ask(more: object): Promise<RawAnswer> {
  const body = JSON.stringify({ model: 'anthropic/claude-sonnet-4.6', messages: [hi], ...more });
  const headers = { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' };
  upstream.received.length = 0;
  return sendRaw(`${gateway.url}/v1/chat/completions`, { headers, body });
}

const user = (content: unknown): object => ({ role: 'user', content });
const assistant = (content: unknown, more: object = {}): object => ({
  role: 'assistant',
  content,
  ...more,
});
const result = (tool_call_id: string, content = 'r'): object => ({
  role: 'tool',
  tool_call_id,
  content,
});
const call = (id: string): object => ({
  id,
  type: 'function',
  function: { name: 'f', arguments: '{}' },
});
const text = (words: string): object => ({ type: 'text', text: words });
const use = (id: string): object => ({ type: 'tool_use', id, name: 'f', input: {} });
const answered = (id: string): object => ({ type: 'tool_result', tool_use_id: id, content: 'r' });
const noArguments = { type: 'object', properties: {} };
const tool = (more: object = {}): object => ({
  type: 'function',
  function: { name: 'f', parameters: noArguments, ...more },
});
const object = { type: 'object', properties: { a: { type: 'string' } } };
const format = (schema: object): object => ({
  response_format: { type: 'json_schema', json_schema: { name: 'n', schema } },
});
const closed = { type: 'json_schema', schema: { ...object, additionalProperties: false } };
const signed = { type: 'thinking', thinking: 'hm', signature: 'sig' };
const silent = { type: 'thinking', thinking: '', signature: 'sig' };
const hi = user('hi');
const mark = { type: 'ephemeral', ttl: '1h' };
const picture = (url: string): object => ({ type: 'image_url', image_url: { url } });
const image = { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: 'AAAA' } };

describe('lessons about what the upstream is asked', () => {
  test.each<[string, object, object]>([
    ['4: the default length leaves room for arguments', {}, { max_tokens: 32_000 }],
    [
      '6: results of parallel calls are one turn',
      {
        tools: [tool()],
        messages: [
          hi,
          assistant(null, { tool_calls: [call('a'), call('b')] }),
          result('a'),
          result('b'),
        ],
      },
      {
        messages: [hi, assistant([use('a'), use('b')]), user([answered('a'), answered('b')])],
      },
    ],
    [
      '7: empty texts are dropped',
      { messages: [user([text(''), text('x')]), assistant(''), user('y')] },
      { messages: [user([text('x'), text('y')])] },
    ],
    [
      '8: so are texts of white space alone',
      { messages: [user([text(' \n\t'), text('x')])] },
      { messages: [user([text('x')])] },
    ],
    [
      '9: of two samplers, one that does nothing is left out',
      { temperature: 0.2, top_p: 1 },
      { temperature: 0.2, top_p: undefined },
    ],
    [
      '10: JSON is never forced by a tool, so thinking is free',
      { ...format(object), reasoning_effort: 'low' },
      {
        output_config: { effort: 'low', format: closed },
        thinking: { type: 'adaptive' },
        tools: undefined,
        tool_choice: undefined,
      },
    ],
    [
      '11: structured output stands beside real tools',
      { ...format(object), tools: [tool()] },
      {
        output_config: { format: closed },
        tools: [{ name: 'f', input_schema: noArguments }],
        tool_choice: undefined,
      },
    ],
    ['12: a response format is mapped', format(object), { output_config: { format: closed } }],
    [
      '13: a schema of objects with any members is said in words',
      format({ type: 'object', additionalProperties: true }),
      { output_config: undefined, system: [expect.objectContaining({ type: 'text' })] },
    ],
    [
      '15: adaptive thinking has no budget',
      { reasoning_effort: 'high' },
      { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
    ],
    [
      '16: a level that the model lacks is its nearest',
      { reasoning_effort: 'xhigh' },
      { output_config: { effort: 'high' } },
    ],
    [
      '16: a model that takes levels and no budget gets a level',
      { model: 'claude-opus-4-7', reasoning: { max_tokens: 4000 } },
      {
        thinking: { type: 'adaptive' },
        output_config: { effort: 'medium' },
      },
    ],
    [
      '17: where a tool is forced, a level of effort does not think',
      { tools: [tool()], tool_choice: 'required', reasoning_effort: 'high' },
      { thinking: undefined, tool_choice: { type: 'any' }, output_config: { effort: 'high' } },
    ],
    [
      '18: no flag goes with a choice of none',
      { tools: [tool()], tool_choice: 'none', parallel_tool_calls: false },
      { tool_choice: { type: 'none' } },
    ],
    [
      '19: a history of calls without tools brings their names',
      { messages: [hi, assistant(null, { tool_calls: [call('a')] }), result('a')] },
      { tools: [{ name: 'f', input_schema: noArguments }], tool_choice: { type: 'none' } },
    ],
    [
      '22: marks of the cache pass at every level',
      {
        cache_control: mark,
        tools: [tool({ cache_control: mark })],
        messages: [
          { role: 'system', content: [{ ...text('s'), cache_control: mark }] },
          { ...hi, cache_control: mark },
        ],
      },
      {
        cache_control: mark,
        tools: [{ name: 'f', input_schema: noArguments, cache_control: mark }],
        system: [{ ...text('s'), cache_control: mark }],
        messages: [user([{ ...text('hi'), cache_control: mark }])],
      },
    ],
    [
      '23: system messages keep their order and their blocks, the late ones last',
      { messages: [{ role: 'system', content: 'a' }, hi, { role: 'system', content: 'late' }] },
      { system: [text('a'), text('late')], messages: [hi] },
    ],
    [
      '27: thinking survives the round trip of a tool loop',
      {
        tools: [tool()],
        messages: [
          hi,
          assistant('t', { thinking_blocks: [signed], tool_calls: [call('a')] }),
          result('a'),
        ],
      },
      { messages: [hi, assistant([signed, text('t'), use('a')]), user([answered('a')])] },
    ],
    [
      '28: thinking without words is kept for its signature',
      { messages: [hi, assistant('t', { thinking_blocks: [silent] }), hi] },
      { messages: [hi, assistant([silent, text('t')]), hi] },
    ],
    [
      '30: media types and forms of URLs are normalised',
      {
        messages: [
          user([
            picture('data:image/JPG;base64,AAAA'),
            picture('data:image/jpeg;base64,AA%0AAA'),
            { type: 'image_url', image_url: 'data:image/jpeg;base64,AAAA' },
          ]),
        ],
      },
      { messages: [user([image, image, image])] },
    ],
    [
      '31: ids are cleaned of other characters, in calls and results alike',
      {
        tools: [tool()],
        messages: [
          hi,
          assistant(null, { tool_calls: [call('a.b'), call('ü')] }),
          result('ü'),
          result('a.b'),
        ],
      },
      {
        messages: [hi, assistant([use('a_b'), use('_')]), user([answered('_'), answered('a_b')])],
      },
    ],
    [
      '33: a schema of arguments is one of an object, and nothing in it is null',
      { tools: [tool({ parameters: { properties: {}, required: null } })] },
      { tools: [{ name: 'f', input_schema: noArguments }] },
    ],
    [
      '34: every instruction counts, wherever it stands',
      {
        messages: [
          { role: 'developer', content: 'a' },
          hi,
          { role: 'system', content: 'b' },
          assistant('c'),
          { role: 'developer', content: 'd' },
          hi,
        ],
      },
      { system: [text('a'), text('b'), text('d')], messages: [hi, assistant('c'), hi] },
    ],
    [
      '35: text beside calls is kept',
      {
        tools: [tool()],
        messages: [hi, assistant('look', { tool_calls: [call('a')] }), result('a')],
      },
      { messages: [hi, assistant([text('look'), use('a')]), user([answered('a')])] },
    ],
    [
      '40: turns with and without thinking stand in one history',
      {
        messages: [
          hi,
          assistant('a', { thinking_blocks: [signed] }),
          hi,
          assistant('b'),
          hi,
          assistant('c', { reasoning_content: 'unsigned' }),
          hi,
        ],
      },
      {
        messages: [hi, assistant([signed, text('a')]), hi, assistant('b'), hi, assistant('c'), hi],
      },
    ],
  ])('lesson %s', async (_name, change, expected) => {
    const { status } = await ask(change);
    expect(status).toBe(200);
    const asked = JSON.parse(upstream.received[0]?.body.toString() ?? '') as JsonObject;
    const named = Object.keys(expected).map((name) => [name, asked[name]]);
    expect(Object.fromEntries(named)).toEqual(expected);
  });

  test.each<[string, object, string]>([
    ['9: two samplers at once', { temperature: 0.2, top_p: 0.9 }, 'top_p'],
    [
      '17: thinking that was asked for by name, where a tool is forced',
      { tools: [tool()], tool_choice: 'required', thinking: { type: 'adaptive' } },
      'tool_choice',
    ],
    ['32: words for the model to go on with', { messages: [hi, assistant('Sure,')] }, 'messages'],
  ])('lesson %s: refused before anybody is asked', async (_name, change, param) => {
    const { status, body } = await ask(change);
    expect([status, JSON.parse(body.toString())]).toMatchObject([400, { error: { param } }]);
    expect(upstream.received).toEqual([]);
  });
});
