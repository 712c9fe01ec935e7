import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Case } from '../support/conformance.ts';
import { ask, askMessage, expectCase, sonnet4 } from '../support/conformance.ts';
import { sendRaw } from '../support/post.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** API reference §13.2: schema of the body and parameters. */

const profiles = ['launch', 'ga-2026-08'] as const;
type Profile = (typeof profiles)[number];

const gateways = new Map<Profile, TestGateway>();
beforeAll(async () => {
  for (const profile of profiles) {
    gateways.set(profile, await startTestGateway(`emulator: {profile: ${profile}}`));
  }
});
afterAll(async () => {
  for (const gateway of gateways.values()) await gateway.stop();
});

function gatewayOf(profile: Profile): TestGateway {
  const gateway = gateways.get(profile);
  if (gateway === undefined) throw new Error(`${profile} did not start`);
  return gateway;
}

const effort = (level: string): object => ({ output_config: { effort: level } });
const streamed = (model: string): object => ({ model, stream: true, max_tokens: 64_000 });

/** What every profile says. */
const cases: readonly Case[] = [
  { name: '#23 no model', change: { model: undefined }, says: 'model: Field required' },
  {
    name: '#24 no max_tokens',
    change: { max_tokens: undefined },
    says: 'max_tokens: Field required',
  },
  { name: '#25 no messages', change: { messages: undefined }, says: 'messages: Field required' },
  {
    name: '#26 messages empty',
    change: { messages: [] },
    says: 'messages: at least one message is required',
  },
  {
    name: '#27 an unknown model',
    change: { model: 'sonnet4' },
    status: [404, 'not_found_error'],
    says: 'model: sonnet4',
  },
  {
    name: '#28 a name of another form',
    change: { model: 'claude-sonnet-4.6' },
    status: [404, 'not_found_error'],
    says: 'model: claude-sonnet-4.6',
  },
  {
    name: '#31 max_tokens below zero',
    change: { max_tokens: -1 },
    says: 'max_tokens: must be greater than or equal to 1',
  },
  { name: '#33 the largest max_tokens, streamed', change: streamed('claude-sonnet-4-6') },
  {
    name: '#35 an unknown member',
    change: { foo: 1 },
    says: 'foo: Extra inputs are not permitted',
  },
  { name: '#36 temperature 1.5', change: { temperature: 1.5 }, says: 'temperature: range: 0..1' },
  { name: '#36 temperature -0.1', change: { temperature: -0.1 }, says: 'temperature: range: 0..1' },
  {
    name: '#37 temperature and top_p',
    change: { temperature: 0.5, top_p: 0.9 },
    says: '`temperature` and `top_p` cannot both be specified for this model. Please use only one.',
  },
  { name: '#38 temperature 0', change: { temperature: 0 } },
  { name: '#38 top_p', change: { top_p: 0.5 } },
  { name: '#38 top_k', change: { top_k: 40 } },
  { name: '#39 top_k 0', change: { top_k: 0 } },
  {
    name: '#40 a blank stop sequence',
    change: { stop_sequences: ['\n'] },
    says: 'stop_sequences: each stop sequence must contain non-whitespace',
  },
  {
    name: 'an empty stop sequence',
    change: { stop_sequences: ['a', ''] },
    says: 'stop_sequences: each stop sequence must be non-empty',
  },
  { name: '#44 a user', change: { metadata: { user_id: 'u' } } },
  {
    name: '#44 a user of 257 letters',
    change: { metadata: { user_id: 'u'.repeat(257) } },
    says: 'metadata.user_id: String should have at most 256 characters',
  },
  {
    name: '#45 a parameter of a beta',
    change: { context_management: { edits: [] } },
    says: 'context_management: Extra inputs are not permitted',
  },
  { name: '#46 a tier', change: { service_tier: 'standard_only' } },
  {
    name: '#46 a tier that is none',
    change: { service_tier: 'turbo' },
    says: "service_tier: Input should be 'auto' or 'standard_only'",
  },
  { name: '#47 effort', change: effort('low') },
  {
    name: '#47 effort on Sonnet 4',
    change: { model: sonnet4, ...effort('low') },
    says: 'This model does not support the effort parameter.',
  },
  {
    name: '#49 a place on Sonnet 4',
    change: { model: sonnet4, inference_geo: 'us' },
    says: 'inference_geo: …',
  },
  {
    name: 'a place that is none',
    change: { inference_geo: 'eu' },
    says: "inference_geo: Input should be 'global' or 'us'",
  },
  ...['mcp_servers', 'speed', 'fallbacks', 'diagnostics', 'output_format', 'user_profile_id'].map(
    (name) => ({
      name: `${name} without its beta`,
      change: { [name]: null },
      says: `${name}: Extra inputs are not permitted`,
    }),
  ),
  {
    name: 'a task budget without its beta',
    change: { output_config: { task_budget: { type: 'tokens', total: 4096 } } },
    says: 'output_config.task_budget: Extra inputs are not permitted',
  },
  {
    name: 'a task budget with its beta',
    betas: 'task-budgets-2026-03-13',
    change: { output_config: { task_budget: { type: 'tokens', total: 4096 } } },
  },
  {
    name: 'skills without their beta',
    change: { container: { skills: [] } },
    says: 'container.skills: Extra inputs are not permitted',
  },
  {
    name: 'a member that is wrong before one that is unknown',
    change: { foo: 1, max_tokens: 'many' },
    says: 'max_tokens: Input should be a valid integer',
  },
  {
    name: 'the schema before the model, the model before its limits',
    change: { model: 'sonnet4', max_tokens: 10_000_000 },
    status: [404, 'not_found_error'],
    says: 'model: sonnet4',
  },
];

/** What a profile decides. */
const byProfile: readonly (Case & { readonly profile: Profile })[] = [
  {
    profile: 'launch',
    name: '#30 max_tokens 0',
    change: { max_tokens: 0 },
    says: 'max_tokens: must be greater than or equal to 1',
  },
  { profile: 'ga-2026-08', name: '#30 max_tokens 0', change: { max_tokens: 0 } },
  {
    profile: 'launch',
    name: '#32 max_tokens over the cap',
    change: { max_tokens: 64_001 },
    says: 'max_tokens: 64001 > 64000, which is the maximum allowed number of output tokens for claude-sonnet-4-6',
  },
  {
    profile: 'ga-2026-08',
    name: '#32 max_tokens over the older cap',
    change: { max_tokens: 64_001 },
  },
  {
    profile: 'ga-2026-08',
    name: '#32 max_tokens over the cap',
    change: { max_tokens: 128_001 },
    says: 'max_tokens: 128001 > 128000, which is the maximum allowed number of output tokens for claude-sonnet-4-6',
  },
  {
    profile: 'launch',
    name: '#48 effort max',
    change: effort('max'),
    says: "output_config.effort: Input should be 'low', 'medium', 'high'",
  },
  { profile: 'ga-2026-08', name: '#48 effort max', change: effort('max') },
];

describe.each(profiles)('%s', (profile) => {
  test.each(cases)('$name', (wanted) => expectCase(gatewayOf(profile), wanted));
  test.each(byProfile.filter((row) => row.profile === profile))('$name', (wanted) =>
    expectCase(gatewayOf(profile), wanted),
  );

  test('#29 an alias is answered by the snapshot that it stands for', async () => {
    const message = await askMessage(gatewayOf(profile), {
      change: { model: 'claude-sonnet-4-0' },
    });
    expect(message.model).toBe(sonnet4);
  });

  test('#49 #50 the place where it was made', async () => {
    const here = await askMessage(gatewayOf(profile), { change: { inference_geo: 'us' } });
    expect(here.usage['inference_geo']).toBe('us');
    const older = await askMessage(gatewayOf(profile), { change: { model: sonnet4 } });
    expect(older.usage['inference_geo']).toBe('not_available');
  });

  test('#51 a system prompt as text and as one block have the same count', async () => {
    const counts = [];
    for (const system of ['x', [{ type: 'text', text: 'x' }]]) {
      const message = await askMessage(gatewayOf(profile), { change: { system } });
      counts.push(message.usage['input_tokens']);
    }
    expect(counts[0]).toBe(counts[1]);
  });
});

describe('what a request steers', () => {
  test('#41 a stream that is refused is refused in JSON', async () => {
    const answer = await ask(gatewayOf('launch'), {
      change: { stream: true, stop_sequences: ['\n'] },
    });
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toBe('application/json');
  });

  test('#42 a stop sequence ends the text before it', async () => {
    // In every wording of an answer.
    const stop = 'model was';
    const message = await askMessage(gatewayOf('launch'), { change: { stop_sequences: [stop] } });
    expect(message).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: stop });
    expect(message.content.map(({ text }) => text).join('')).not.toContain(stop);
  });

  test('#43 an answer longer than max_tokens is cut there', async () => {
    const message = await askMessage(gatewayOf('launch'), { change: { max_tokens: 5 } });
    expect(message).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 5 } });
  });
});

describe('#148 a count of tokens', () => {
  const count = (body: object): ReturnType<typeof sendRaw> =>
    sendRaw(`${gatewayOf('launch').url}/v1/messages/count_tokens`, {
      headers: gatewayOf('launch').headers,
      body: JSON.stringify(body),
    });
  const asked = { model: 'claude-sonnet-4-6', messages: [{ role: 'user', content: 'Hi' }] };

  test('is a number alone', async () => {
    const answer = await count(asked);
    expect(answer.status).toBe(200);
    const counted = JSON.parse(answer.body.toString()) as { input_tokens: number };
    expect(Object.keys(counted)).toEqual(['input_tokens']);
    expect(counted.input_tokens).toBeGreaterThan(0);
  });

  test.each([
    ['max_tokens', 64],
    ['stream', true],
    ['temperature', 1],
    ['stop_sequences', []],
    ['metadata', {}],
  ])('knows no %s', async (name, value) => {
    const answer = await count({ ...asked, [name]: value });
    expect([answer.status, answer.body.toString()]).toEqual([
      400,
      expect.stringContaining(`"${name}: Extra inputs are not permitted"`),
    ]);
  });
});
