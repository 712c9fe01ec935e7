import { afterEach, describe, expect, test } from 'vitest';
import { wholeStream } from '../support/event-stream.ts';
import { messageM, providersError } from '../support/gateway-host.ts';
import { parsedPolicies } from '../support/parsed-policies.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream, upstreamYaml } from '../support/scripted-upstream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** What policies do where a conversation changes its upstream, and where an upstream sees more than they do. */

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface Rig {
  readonly gateway: TestGateway;
  readonly upstream: ScriptedUpstream;
}

async function rig(policies: string, yaml = upstreamYaml): Promise<Rig> {
  const upstream = await startScriptedUpstream((_request, response) => response.end());
  closing.push(() => upstream.stop());
  const gateway = await startTestGateway(yaml(upstream.url, policies));
  closing.push(() => gateway.stop());
  return { gateway, upstream };
}

const ask = (
  { url, headers }: TestGateway,
  body: object,
  path = '/v1/messages',
): Promise<RawAnswer> =>
  sendRaw(`${url}${path}`, { headers: { ...headers }, body: JSON.stringify(body) });

const thought = { type: 'thinking', thinking: 'hm', signature: 'c2lnbmVkIGVsc2V3aGVyZQ==' };
const conversation = {
  model: 'claude-sonnet-4-6',
  max_tokens: 2000,
  messages: [
    { role: 'user', content: 'hi' },
    { role: 'assistant', content: [thought, { type: 'text', text: 'hello' }] },
    { role: 'user', content: 'and now?' },
  ],
};
const complaint = providersError(
  'invalid_request_error',
  'messages.1.content.0: Invalid `signature` in `thinking` block',
);
const repairing = 'policies: [{ name: repair, thinking_on_switch: strip_and_retry }]\n';

describe('lessons 18, 19: thinking that another upstream signed', () => {
  function complainOnce(upstream: ScriptedUpstream): void {
    upstream.script = ({ body }, response) => {
      const isOdd = body.includes('signature');
      response.writeHead(isOdd ? 400 : 200, { 'content-type': 'application/json' });
      response.end(isOdd ? complaint : JSON.stringify(messageM));
    };
  }

  test('is left out, the request asked once more, and the answer says so', async () => {
    const { gateway, upstream } = await rig(repairing);
    complainOnce(upstream);
    const answer = await ask(gateway, conversation);
    expect([answer.status, answer.headers['x-quatrain-edits']]).toEqual([200, 'thinking-stripped']);
    expect(upstream.received).toHaveLength(2);
    const [, second] = conversation.messages;
    const messages = conversation.messages.map((message) =>
      message === second ? { ...message, content: [{ type: 'text', text: 'hello' }] } : message,
    );
    expect(upstream.received[1]?.body.toString()).toBe(
      JSON.stringify({ ...conversation, messages }),
    );
    expect(gateway.logLines.join('')).toContain('thinking-stripped');
  });

  test('is the caller’s matter where no policy says otherwise', async () => {
    const { gateway, upstream } = await rig('');
    complainOnce(upstream);
    const answer = await ask(gateway, conversation);
    expect([answer.status, answer.body.toString()]).toEqual([400, complaint]);
    expect(upstream.received).toHaveLength(1);
  });

  test('a second complaint goes to the caller: there is one repair', async () => {
    const { gateway, upstream } = await rig(repairing);
    upstream.script = (_request, response) => {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(complaint);
    };
    const answer = await ask(gateway, conversation);
    expect([answer.status, answer.body.toString()]).toEqual([400, complaint]);
    expect(upstream.received).toHaveLength(2);
  });

  test('a complaint about something else goes to the caller as it is', async () => {
    const { gateway, upstream } = await rig(repairing);
    const other = providersError('invalid_request_error', 'max_tokens: Field required');
    upstream.script = (_request, response) => {
      response.writeHead(400, { 'content-type': 'application/json', 'request-id': 'req_up' });
      response.end(other);
    };
    const answer = await ask(gateway, conversation);
    expect([answer.status, answer.body.toString()]).toEqual([400, other]);
    expect(upstream.received).toHaveLength(1);
  });

  test('the emulator, which checks what it signed, is asked again too', async () => {
    const gateway = await startTestGateway(
      `emulator: { foreign_signatures: refuse }\n${repairing}`,
    );
    closing.push(() => gateway.stop());
    const answer = await ask(gateway, conversation);
    expect([answer.status, answer.headers['x-quatrain-edits']]).toEqual([200, 'thinking-stripped']);
  });
});

describe('what an upstream keeps itself', () => {
  const batch = {
    requests: [{ custom_id: 'a', params: { ...conversation, model: 'claude-opus-4-6' } }],
  };
  const policies =
    'policies: [{ name: no-opus, when: { models: [x] }, models: { deny: ["*"] } }]\n';

  test('batches go there whole, so callers that a policy is about cannot make any', async () => {
    const { gateway, upstream } = await rig(policies);
    const answer = await ask(gateway, batch, '/v1/messages/batches');
    expect([answer.status, upstream.received.length]).toEqual([403, 0]);
    expect(answer.body.toString()).toContain('cannot be held to the policy');
  });

  test('others can', async () => {
    const { gateway, upstream } = await rig('policies: [{ name: a, when: { keys: [other] } }]\n');
    upstream.script = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{}');
    };
    expect((await ask(gateway, batch, '/v1/messages/batches')).status).toBe(200);
    expect(upstream.received).toHaveLength(1);
  });
});

describe('an engine that speaks the caller’s own form', () => {
  const engineYaml = (url: string, more = ''): string =>
    `upstreams:\n  own:\n    kind: chat-completions\n    base_url: ${url}/v1\n    auth: none\n${more}`;
  const chat = {
    messages: [{ role: 'user', content: 'hi' }],
    model: 'fast',
    logit_bias: { 5: 1.0 },
  };

  test('still gets what its caller wrote where only the name of the model was changed', async () => {
    const aliases = 'policies: [{ name: names, model_aliases: { fast: org/own-model } }]\n';
    const { gateway, upstream } = await rig(aliases, engineYaml);
    const answered = {
      id: 'c',
      object: 'chat.completion',
      created: 1,
      model: 'org/own-model',
      choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    };
    upstream.script = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answered));
    };
    const answer = await ask(gateway, chat, '/v1/chat/completions');
    expect([answer.status, answer.headers['x-quatrain-edits']]).toEqual([200, 'model-aliased']);
    const sent = { ...chat, model: 'org/own-model' };
    expect(JSON.parse(upstream.received[0]?.body.toString() ?? '')).toEqual(sent);
  });

  test('is not asked without a bound where a policy sets one', async () => {
    const bounded =
      'policies: [{ name: short, parameters: { limits: { max_tokens_max: 100 } } }]\n';
    const { gateway, upstream } = await rig(bounded, engineYaml);
    upstream.script = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(wholeStream);
    };
    await ask(gateway, { messages: chat.messages, model: 'm' }, '/v1/chat/completions');
    expect(JSON.parse(upstream.received[0]?.body.toString() ?? '')).toMatchObject({
      max_tokens: 100,
    });
  });
});

describe('a running gateway', () => {
  test('takes policies over without a restart, and says what they did', async () => {
    const gateway = await startTestGateway();
    closing.push(() => gateway.stop());
    const asked = { ...conversation, messages: conversation.messages.slice(0, 1) };
    expect((await ask(gateway, asked)).status).toBe(200);
    const { gateway: running } = gateway;
    const policies = parsedPolicies({
      name: 'short',
      parameters: { limits: { max_tokens_max: 9 } },
    });
    expect(running.reload({ ...running.config, policies })).toEqual([]);
    const refused = await ask(gateway, asked);
    expect(refused.status).toBe(400);
    const line = gateway.logLines.find((text) => text.includes('request_refused_by_policy'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      policy: 'short',
      rule: 'parameters.limits.max_tokens_max',
      code: 'invalid_request',
    });
  });
});
