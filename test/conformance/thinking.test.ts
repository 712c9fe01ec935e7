import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Case } from '../support/conformance.ts';
import { askMessage, expectCase, sonnet4 } from '../support/conformance.ts';
import { sendRaw } from '../support/post.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** API reference §13.5, the cases of thinking: its parameters and how it is streamed. */

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

const interleaved = 'interleaved-thinking-2025-05-14';
const enabled = { type: 'enabled', budget_tokens: 1024 };
const adaptive = { type: 'adaptive' };
const tools = [{ name: 'look', input_schema: { type: 'object', properties: {} } }];
const room = { max_tokens: 2048, thinking: enabled };
const docs = 'https://docs.claude.com/en/docs/build-with-claude/extended-thinking';
const important = '#important-considerations-when-using-extended-thinking';

const cases: readonly Case[] = [
  {
    name: '#100 a budget of 1,023',
    change: { ...room, thinking: { ...enabled, budget_tokens: 1023 } },
    says: 'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024',
  },
  {
    name: '#101 a budget of max_tokens',
    change: { ...room, max_tokens: 1024 },
    says: `\`max_tokens\` must be greater than \`thinking.budget_tokens\`. Please consult our documentation at ${docs}#max-tokens-and-context-window-size`,
  },
  {
    name: '#101 … with tools and without the beta',
    change: { ...room, max_tokens: 1024, tools },
    says: '`max_tokens` must be greater than `thinking.budget_tokens`. …',
  },
  {
    name: '#101 … with the beta and without tools',
    change: { ...room, max_tokens: 1024 },
    betas: interleaved,
    says: '`max_tokens` must be greater than `thinking.budget_tokens`. …',
  },
  {
    name: '#102 … with both',
    change: { ...room, max_tokens: 1024, tools },
    betas: interleaved,
  },
  {
    name: '#102 … up to the window',
    change: {
      max_tokens: 1024,
      tools,
      model: sonnet4,
      thinking: { ...enabled, budget_tokens: 200_000 },
    },
    betas: interleaved,
  },
  {
    name: '#103 temperature 0.5',
    change: { ...room, temperature: 0.5 },
    says: `\`temperature\` may only be set to 1 when thinking is enabled. Please consult our documentation at https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking${important}`,
  },
  { name: '#103 temperature 1', change: { ...room, temperature: 1 } },
  {
    name: '#103 temperature 0.5 with adaptive thinking',
    change: { thinking: adaptive, temperature: 0.5 },
    says: '`temperature` may only be set to 1 when thinking is enabled. …',
  },
  {
    name: '#104 top_k',
    change: { ...room, top_k: 5 },
    says: `\`top_k\` must be unset when thinking is enabled. Please consult our documentation at ${docs}${important}`,
  },
  {
    name: '#105 top_p 0.5',
    change: { ...room, top_p: 0.5 },
    says: '`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled or in adaptive mode. …',
  },
  { name: '#105 top_p 0.97', change: { ...room, top_p: 0.97 } },
  {
    name: '#106 a forced tool',
    change: { ...room, tools, tool_choice: { type: 'any' } },
    says: 'Thinking may not be enabled when tool_choice forces tool use.',
  },
  {
    name: '#106 a tool that is not forced',
    change: { ...room, tools, tool_choice: { type: 'auto' } },
  },
  { name: '#107 adaptive', change: { thinking: adaptive } },
  {
    name: '#107 adaptive on Sonnet 4',
    change: { model: sonnet4, thinking: adaptive },
    says: 'adaptive thinking is not supported on this model',
  },
  {
    name: '#112 cache_control on a thinking block',
    change: {
      ...room,
      messages: [
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: [
            {
              type: 'thinking',
              thinking: 'Hm',
              signature: 'x',
              cache_control: { type: 'ephemeral' },
            },
            { type: 'text', text: 'Hello' },
          ],
        },
        { role: 'user', content: 'Go on' },
      ],
    },
    says: 'messages.1.content.0.thinking.cache_control: Extra inputs are not permitted',
  },
  {
    name: '#113 a type that is none',
    change: { thinking: { type: 'on' } },
    says: "thinking: Input tag 'on' found using 'type' does not match any of the expected tags: …",
  },
  {
    name: 'enabled where thinking is always adaptive',
    change: { ...room, model: 'claude-sonnet-5' },
    says: '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
  },
  {
    name: 'disabled where thinking is always on',
    change: { model: 'claude-fable-5', thinking: { type: 'disabled' } },
    says: '"thinking.type.disabled" is not supported for this model. …',
  },
];

describe.each(profiles)('%s', (profile) => {
  test.each(cases)('$name', async (wanted) => {
    await expectCase(gatewayOf(profile), wanted);
  });
});

test.each<[Profile, string, string]>([
  ['launch', 'claude-sonnet-4-6', 'Thinking may not be enabled when tool_choice forces tool use.'],
  ['ga-2026-08', 'claude-sonnet-4-6', 'ok'],
  ['launch', 'claude-sonnet-5', 'ok'],
])('#106 adaptive and a forced tool, %s, %s', async (profile, model, says) => {
  const change = { model, thinking: adaptive, tools, tool_choice: { type: 'any' } };
  await expectCase(gatewayOf(profile), { name: '', change, says });
});

interface ThinkingMessage {
  readonly content: readonly {
    readonly type: string;
    readonly thinking?: string;
    readonly signature?: string;
  }[];
  readonly usage: {
    readonly output_tokens: number;
    readonly output_tokens_details?: { readonly thinking_tokens: number };
  };
}

async function message(change: object, betas?: string): Promise<ThinkingMessage> {
  const sent = betas === undefined ? { change } : { change, betas };
  return (await askMessage(gatewayOf('launch'), sent)) as unknown as ThinkingMessage;
}

describe('what an answer shows', () => {
  const base64 = /^[A-Za-z0-9+/]{200,}=*$/;

  test('#99 a summary with a signature, shorter than what is billed', async () => {
    const { content, usage } = await message(room);
    expect(content.map(({ type }) => type)).toEqual(['thinking', 'text']);
    expect(content[0]?.thinking).toContain('no model');
    expect(content[0]?.signature).toMatch(base64);
    const billed = usage.output_tokens_details?.thinking_tokens ?? 0;
    expect(billed).toBeLessThanOrEqual(1024);
    expect(billed).toBeGreaterThan(20);
    expect(usage.output_tokens).toBeGreaterThan(billed);
  });

  test('#108 omitted: no text, the signature and the tokens as they are', async () => {
    const omitted = { ...room, thinking: { ...enabled, display: 'omitted' } };
    const { content, usage } = await message(omitted);
    expect(content[0]).toEqual({
      type: 'thinking',
      thinking: '',
      signature: expect.stringMatching(base64) as string,
    });
    expect(usage.output_tokens_details?.thinking_tokens).toBeGreaterThan(20);
  });

  test.each([
    ['claude-sonnet-5', 'omitted'],
    ['claude-sonnet-4-6', 'summarized'],
  ])('display is by default, on %s, %s', async (model, display) => {
    const asked = Array.from({ length: 8 }, (_, index) => `What is ${String(index)}?`);
    const blocks = await Promise.all(
      asked.map(async (content) => {
        const messages = [{ role: 'user', content }];
        const change = { model, messages, max_tokens: 2048, thinking: adaptive };
        return (await message(change)).content.find(({ type }) => type === 'thinking');
      }),
    );
    const shown = blocks.flatMap((block) => (block === undefined ? [] : [block.thinking !== '']));
    expect(new Set(shown)).toEqual(new Set([display === 'summarized']));
  });

  test('a model that thinks by itself does so unasked, and not when told so', async () => {
    const change = { model: 'claude-sonnet-5', max_tokens: 2048 };
    const seen = async (more: object): Promise<number> => {
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          message({ ...change, ...more, messages: [{ role: 'user', content: String(index) }] }),
        ),
      );
      return answers.filter(({ content }) => content[0]?.type === 'thinking').length;
    };
    expect(await seen({})).toBeGreaterThan(3);
    expect(await seen({ thinking: { type: 'disabled' } })).toBe(0);
  });

  test('effort makes thinking longer', async () => {
    const spent = async (effort: string): Promise<number> => {
      const change = { ...room, max_tokens: 8192, model: 'claude-opus-4-6' };
      const answer = await message({ ...change, output_config: { effort } });
      return answer.usage.output_tokens_details?.thinking_tokens ?? 0;
    };
    expect(await spent('max')).toBeGreaterThan(await spent('low'));
  });
});

interface Delta {
  readonly type: string;
  readonly index?: number;
  readonly content_block?: object;
  readonly delta?: { readonly type?: string; readonly estimated_tokens?: number | null };
}

async function stream(change: object, betas = ''): Promise<readonly Delta[]> {
  const gateway = gatewayOf('launch');
  const answer = await sendRaw(`${gateway.url}/v1/messages`, {
    headers: { ...gateway.headers, ...(betas === '' ? {} : { 'anthropic-beta': betas }) },
    body: JSON.stringify({
      model: 'claude-sonnet-4-6',
      max_tokens: 2048,
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
      ...change,
    }),
  });
  expect(answer.status).toBe(200);
  return answer.body
    .toString()
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame) => JSON.parse(frame.split('\ndata: ')[1] ?? '') as Delta);
}

function thinkingDeltas(events: readonly Delta[]): readonly Delta[] {
  return events.filter(({ type, index }) => type === 'content_block_delta' && index === 0);
}

describe('what a stream shows', () => {
  const tokenCount = 'thinking-token-count-2026-05-13';

  test('#140 text, then one signature right before the end of the block', async () => {
    const events = await stream({ thinking: enabled });
    expect(events.find(({ index }) => index === 0)).toMatchObject({
      type: 'content_block_start',
      content_block: { type: 'thinking', thinking: '', signature: '' },
    });
    const types = thinkingDeltas(events).map(({ delta }) => delta?.type);
    expect(types.length).toBeGreaterThan(3);
    expect(types.at(-1)).toBe('signature_delta');
    expect(new Set(types.slice(0, -1))).toEqual(new Set(['thinking_delta']));
    const last = events.findLastIndex(({ delta }) => delta?.type === 'signature_delta');
    expect(events[last + 1]?.type).toBe('content_block_stop');
    expect(JSON.stringify(events)).not.toContain('estimated_tokens');
  });

  test('#108 omitted: the signature alone', async () => {
    const events = await stream({ thinking: { ...enabled, display: 'omitted' } });
    expect(thinkingDeltas(events).map(({ delta }) => delta?.type)).toEqual(['signature_delta']);
  });

  test('omitted, with estimates of the tokens so far', async () => {
    const thinking = { ...enabled, display: 'omitted' };
    const events = thinkingDeltas(await stream({ thinking }, tokenCount));
    const steps = events.slice(0, -1).map(({ delta }) => delta);
    expect(steps.length).toBeGreaterThan(0);
    const [first] = steps;
    expect(first).toMatchObject({ type: 'thinking_delta', thinking: '' });
    expect(first?.estimated_tokens).toBeGreaterThan(0);
    expect(new Set(steps.map((delta) => delta?.estimated_tokens)).size).toBe(1);
  });

  test('shown, no estimate is due', async () => {
    const events = thinkingDeltas(await stream({ thinking: enabled }, tokenCount));
    const estimates = events.slice(0, -1).map(({ delta }) => delta?.estimated_tokens);
    expect(new Set(estimates)).toEqual(new Set([null]));
  });
});
