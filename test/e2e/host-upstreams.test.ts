import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAzureServer } from '../support/azure-server.ts';
import type { EngineAnswer, EngineServer } from '../support/engine-server.ts';
import { messageText } from '../support/engine-server.ts';
import { plainInputs, run } from '../support/run-workers-ai.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';
import type { TokenServer } from '../support/vertex-server.ts';
import {
  makeServiceAccount,
  startTokenServer,
  startVertexServer,
} from '../support/vertex-server.ts';

/** Gateways in front of the hosts of clouds, as their configuration makes them. */

const hello: Anthropic.MessageCreateParamsNonStreaming = {
  model: 'claude-sonnet-4-6',
  max_tokens: 2000,
  messages: [{ role: 'user', content: 'Hello, Claude' }],
};
const tools: Anthropic.Tool[] = [
  {
    name: 'get_weather',
    input_schema: { type: 'object', properties: { city: { type: 'string' } } },
  },
];

function clientOf({ url, key }: TestGateway): Anthropic {
  return new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 });
}

const hosts = `
upstreams:
  cloud: { kind: vertex, project: canary-project, region: us-east5, credentials: 'file:/key.json', base_url: '%vertex%' }
  foundry: { kind: azure, resource: canary-res, base_url: '%azure%/anthropic', api_key: 'env:FOUNDRY', deployments: { claude-sonnet-4-6: ours } }
`;

describe('Vertex AI and Foundry behind a gateway', () => {
  const account = makeServiceAccount();
  let tokenHost: TokenServer;
  let vertex: EngineServer;
  let azure: EngineServer;
  const gateways: TestGateway[] = [];
  const at = async (name: string): Promise<TestGateway> => {
    const yaml = hosts.replace('%vertex%', vertex.origin).replace('%azure%', azure.origin);
    const files = { '/key.json': account.keyFile(tokenHost.url) };
    const env = { FOUNDRY: 'canary-foundry' };
    const gateway = await startTestGateway(`${yaml}default_upstream: ${name}\n`, env, files);
    gateways.push(gateway);
    return gateway;
  };

  beforeAll(async () => {
    tokenHost = await startTokenServer(account, () => Math.floor(Date.now() / 1000) * 1000);
    const place = { project: 'canary-project', region: 'us-east5' };
    vertex = await startVertexServer({ ...place, tokens: () => tokenHost.tokens });
    azure = await startAzureServer({ header: 'x-api-key', value: 'canary-foundry' });
  });
  afterAll(async () => {
    for (const gateway of gateways) await gateway.stop();
    for (const server of [vertex, azure, tokenHost]) await server.stop();
  });

  const stream: EngineAnswer = {
    kind: 'stream',
    ending: 'end',
    events: [
      { type: 'message_start', message: { ...JSON.parse(messageText()), content: [] } as object },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Bonjour' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } },
      { type: 'message_stop' },
    ].map((event) => JSON.stringify(event)),
  };

  test.each(['cloud', 'foundry'])('%s answers callers of every form', async (name) => {
    const gateway = await at(name);
    const server = name === 'cloud' ? vertex : azure;
    server.answer({ kind: 'message', json: messageText() });
    const { data, response } = await clientOf(gateway).messages.create(hello).withResponse();
    expect(data.content).toEqual([{ type: 'text', text: 'Hello, wörld 🌍' }]);
    expect(response.headers.get('x-quatrain-edits')).toBe(
      name === 'cloud' ? null : 'model-renamed',
    );
    server.answer(stream);
    const streamed = await clientOf(gateway).messages.stream(hello).finalText();
    const chat = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.key, maxRetries: 0 });
    const said = await chat.chat.completions.create({
      model: hello.model,
      messages: [{ role: 'user', content: 'Hi' }],
    });
    const ran = await run(gateway, { change: plainInputs });
    expect([streamed, said.choices[0]?.message.content]).toEqual(['Bonjour', 'Bonjour']);
    expect(ran.body.toString()).toContain('Bonjour');
    const faults = server.asked.map(({ credentialFault, operation }) => [
      operation,
      credentialFault,
    ]);
    expect(faults).toEqual(Array.from({ length: 4 }, () => ['messages.create', undefined]));
    expect(gateway.logLines.join('\n')).not.toMatch(/canary-foundry|ya29|PRIVATE KEY/);
  });

  test('tokens are counted and models listed', async () => {
    const gateway = await at('cloud');
    vertex.answer({ kind: 'count', inputTokens: 7 });
    const { max_tokens: _none, ...counted } = hello;
    expect(await clientOf(gateway).messages.countTokens(counted)).toEqual({ input_tokens: 7 });
    const models = await clientOf(gateway).models.list({ limit: 1000 });
    expect(models.data.map(({ id }) => id)).toContain('claude-sonnet-4-6');
    expect(tokenHost.faults).toEqual([]);
  });

  test('a token host that says no is a failure of the upstream', async () => {
    tokenHost.answer = { status: 400, body: '{"error":"invalid_grant"}' };
    const gateway = await at('cloud');
    await expect(clientOf(gateway).messages.create(hello)).rejects.toMatchObject({ status: 502 });
    tokenHost.answer = undefined;
    expect(gateway.logLines.join('\n')).toContain('the token host answered 400: invalid_grant');
  });
});

describe.each(['messages', 'run'])('another gateway as Workers AI, at %s', (endpoint) => {
  let back: TestGateway;
  let front: TestGateway;
  let refused: TestGateway;
  const yaml = (url: string): string =>
    `upstreams: { workers: { kind: workers-ai, account_id: acc, api_token: 'env:T', endpoint: ${endpoint}, base_url: '${url}' } }`;

  beforeAll(async () => {
    back = await startTestGateway('emulator: { profile: launch }');
    front = await startTestGateway(yaml(back.url), { T: back.key });
    refused = await startTestGateway(yaml(back.url), { T: 'canary-of-another' });
  });
  afterAll(async () => {
    for (const gateway of [front, refused, back]) await gateway.stop();
  });

  const asking: readonly [string, Anthropic.MessageCreateParamsNonStreaming][] = [
    ['text', hello],
    ['a system of several texts', { ...hello, system: [{ type: 'text', text: 'Be brief.' }] }],
    ['tools', { ...hello, tools, tool_choice: { type: 'any' } }],
    [
      'thinking',
      { ...hello, max_tokens: 4000, thinking: { type: 'enabled', budget_tokens: 1024 } },
    ],
  ];

  test.each(asking)('%s comes as from the other gateway itself', async (_name, params) => {
    const direct = await clientOf(back).messages.create(params);
    const whole = await clientOf(front).messages.create(params);
    const streamed = await clientOf(front).messages.stream(params).finalMessage();
    for (const message of [whole, streamed]) {
      expect(message).toMatchObject({
        role: 'assistant',
        model: direct.model,
        stop_reason: direct.stop_reason,
        usage: { output_tokens: expect.any(Number) as number },
      });
      expect(message.content.map(({ type }) => type)).toEqual(
        direct.content.map(({ type }) => type),
      );
    }
    const shapes = (content: readonly Anthropic.ContentBlock[]): unknown =>
      content.map((block) => (block.type === 'text' ? block.text : block.type));
    expect(shapes(whole.content)).toEqual(shapes(streamed.content));
    expect(whole).not.toHaveProperty('gatewayMetadata');
  });

  test('a conversation with a tool goes on', async () => {
    const client = clientOf(front);
    const asked = { ...hello, tools, tool_choice: { type: 'any' } } as const;
    const { content } = await client.messages.create(asked);
    const call = content.find((block) => block.type === 'tool_use');
    const result = { type: 'tool_result', tool_use_id: call?.id ?? '', content: 'sunny' } as const;
    const messages: Anthropic.MessageParam[] = [
      ...hello.messages,
      { role: 'assistant', content },
      { role: 'user', content: [result] },
    ];
    const next = await client.messages.create({ ...hello, tools, messages });
    expect(next.stop_reason).toBe('end_turn');
  });

  test('tokens are counted as the other gateway does', async () => {
    const { max_tokens: _none, ...counted } = hello;
    expect(await clientOf(front).messages.countTokens(counted)).toEqual(
      await clientOf(back).messages.countTokens(counted),
    );
  });

  test.each<[string, object, number]>([
    ['a model that is not there', { model: 'claude-nobody-1' }, 404],
    ['a value that is none', { temperature: 7 }, 400],
  ])('%s is said in this form', async (_name, change, status) => {
    const failed = clientOf(front).messages.create({ ...hello, ...change });
    await expect(failed).rejects.toMatchObject({ status, error: { type: 'error' } });
  });

  test('a token that the other gateway does not take is in no answer and no line', async () => {
    const failed = clientOf(refused).messages.create(hello);
    await expect(failed).rejects.toMatchObject({ status: 401 });
    const said: unknown = await failed.catch((error: unknown) => error);
    expect(JSON.stringify(said) + refused.logLines.join('\n')).not.toContain('canary-of-another');
  });
});

const vertexOf = (more: string): string =>
  `upstreams: { up: { kind: vertex, project: p1, region: eu, ${more} } }`;
const azureOf = (more: string): string => `upstreams: { up: { kind: azure, ${more} } }`;

test.each<[string, string, RegExp]>([
  ['no credential', vertexOf(''), /upstreams\.up: give credentials/],
  [
    'two',
    vertexOf("credentials: 'env:A', access_token: 'env:A'"),
    /upstreams\.up: give credentials/,
  ],
  ['an empty one', vertexOf("access_token: 'env:NONE'"), /upstreams\.up\.access_token: .*NONE/],
  ['no key file', vertexOf("credentials: 'env:A'"), /upstreams\.up\.credentials: it is no JSON/],
  ['a secret in the file', vertexOf("access_token: 'ya29.x'"), /write a reference/],
  ['no address', azureOf("api_key: 'env:A'"), /upstreams\.up: give resource or base_url/],
  ['no key', azureOf('resource: r'), /upstreams\.up: give api_key, api_keys or access_token/],
  ['an address for a resource', azureOf("resource: 'a.b', api_key: 'env:A'"), /name of a resource/],
  [
    'a path for an account',
    "upstreams: { up: { kind: workers-ai, account_id: '../x', api_token: 'env:A' } }",
    /id of an account/,
  ],
])('%s keeps a gateway from starting', async (_name, yaml, expected) => {
  await expect(startTestGateway(yaml, { A: 'canary' })).rejects.toThrow(expected);
});
