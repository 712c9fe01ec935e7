import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PageFacts } from '../support/page-facts.ts';
import { factsOfHtml } from '../support/page-facts.ts';
import { sendRaw } from '../support/post.ts';
import { readSeedPage, schemasIn, snippetsIn } from '../support/seed-pages.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** What the seeds say of the pages at `/models/`; Workers reference, cases C01 to C03. */

let gateway: TestGateway;
let prepaid: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
  prepaid = await startTestGateway('plan: prepaid');
});
afterAll(async () => {
  await gateway.stop();
  await prepaid.stop();
});

async function factsAt(name: string, form = '', of = gateway): Promise<PageFacts> {
  const { body } = await sendRaw(`${of.url}/models/anthropic/${name}/${form}`);
  return factsOfHtml(body.toString());
}

function sectionOf({ sections }: PageFacts, title: string): readonly string[] {
  const section = sections.find(([name]) => name === title);
  if (section === undefined) throw new Error(`no ${title}`);
  return section[1];
}

function codesOf(facts: readonly string[]): readonly string[] {
  return facts.filter((fact) => fact.startsWith('code: ')).map((fact) => fact.slice(6));
}

/** Snippets in the style of seeds 000 and 001, without empty lines as `snippetsIn` has them. */
function bindingCodes(facts: PageFacts): readonly string[] {
  return [...sectionOf(facts, 'Usage'), ...sectionOf(facts, 'Examples')]
    .filter((fact) => fact.startsWith('code: const response = await env.AI.run('))
    .map((fact) => fact.slice(6));
}

const examples = [
  'heading: With System Message',
  'heading: Multi-turn Conversation',
  'heading: Creative Writing',
  'heading: Streaming Response',
];

describe('seed 000: Sonnet 4.6 in the Workers AI form', () => {
  test('C01 head, context, examples in their order', async () => {
    const facts = await factsAt('claude-sonnet-4.6');
    expect(facts).toMatchObject({
      name: 'Claude Sonnet 4.6',
      kind: 'Text Generation • Anthropic • Proxied',
      id: 'anthropic/claude-sonnet-4.6',
    });
    expect(facts.info).toContain('row: Context Window | 200,000 tokens');
    expect(facts.info).toContain('row: Terms and License | link ↗');
    const headings = sectionOf(facts, 'Examples').filter((fact) => fact.startsWith('heading: '));
    expect(headings).toEqual(examples);
  });

  test('C02 parameters', async () => {
    const parameters = sectionOf(await factsAt('claude-sonnet-4.6'), 'Parameters');
    expect(parameters).toEqual(
      expect.arrayContaining([
        'parameter: messages[] | array | required |  | ',
        'parameter: max_tokens | number | required | exclusiveMinimum: 0 | ',
        'parameter: temperature | number |  | minimum: 0, maximum: 1 | ',
        'parameter: metadata{} | object |  |  | ',
        'parameter: stop_reason | string | null |  |  | ',
        'parameter: type | string |  | const: message | ',
      ]),
    );
  });

  const seed = readSeedPage('000');
  test.skipIf(seed === undefined)('C03 its words, its code and its schemas', async () => {
    const facts = await factsAt('claude-sonnet-4.6');
    expect(seed).toContain(facts.description);
    expect(bindingCodes(facts)).toEqual(snippetsIn(seed ?? ''));
    const { input, output } = schemasIn(seed ?? '');
    const schemas = codesOf(sectionOf(facts, 'API Schemas')).map((text): unknown =>
      JSON.parse(text),
    );
    expect(schemas).toEqual([input, output]);
  });
});

describe('seed 001: Sonnet 4 in the Workers AI form', () => {
  test('what it said is shown in every form', async () => {
    for (const form of ['', 'messages/', 'chat-completions/']) {
      const usage = sectionOf(await factsAt('claude-sonnet-4', form), 'Usage');
      expect(usage).toContain('text: Output');
      const [raw = ''] = codesOf(usage).slice(-1);
      const shown = codesOf(usage).at(-2) ?? '';
      expect(shown).toMatch(/^The three laws of thermodynamics are fundamental principles/);
      // The response is the same answer, in the terms of the form.
      expect(JSON.stringify(JSON.parse(raw))).toContain(JSON.stringify(shown));
    }
  });

  test('what is a stream is shown as one', async () => {
    const facts = sectionOf(await factsAt('claude-sonnet-4', 'messages/'), 'Examples');
    const raw = codesOf(facts).at(-1) ?? '';
    expect(raw).toMatch(/^event: message_start\ndata: /);
    expect(raw).toMatch(/event: message_stop\ndata: \{"type":"message_stop"\}$/);
  });
});

describe('seed 002: Sonnet 4.6 in the Chat Completions form', () => {
  test('names and parameters', async () => {
    const facts = await factsAt('claude-sonnet-4.6', 'chat-completions/');
    expect(facts.id).toBe('anthropic/claude-sonnet-4.6');
    expect(facts.info).toContain('row: Also called | anthropic/claude-sonnet-4-6-20260218');
    expect(facts.info).toContain('row: Request | POST /v1/chat/completions');
    const rows = sectionOf(facts, 'Parameters').map((fact) =>
      fact.split(' | ').slice(0, 4).join(' | '),
    );
    expect(rows).toEqual(
      expect.arrayContaining([
        'parameter: model | string | required | minLength: 1, maxLength: 256, enum: anthropic/claude-sonnet-4.6, anthropic/claude-sonnet-4-6-20260218',
        'parameter: stop_sequences[] | array |  | ',
        'parameter: stream | boolean |  | default: false',
        'parameter: max_tokens | integer |  | minimum: 1, default: 32000',
        'parameter: temperature | number |  | minimum: 0, maximum: 1',
        'parameter: id | string | required | ',
        'parameter: object | string | required | const: chat.completion',
        'parameter: created | number | required | ',
      ]),
    );
  });
});

describe('seed 003: Sonnet 4.6 in the Messages form', () => {
  test('specification, prices, caching, thinking, what is different', async () => {
    const facts = await factsAt('claude-sonnet-4.6', 'messages/');
    expect(facts.id).toBe('claude-sonnet-4-6');
    expect(facts.info).toEqual(
      expect.arrayContaining([
        'row: Context Window | 200,000 tokens',
        'row: Maximum output | 64,000 tokens',
        'row: Released | 2026-02-17',
      ]),
    );
    expect(sectionOf(facts, 'Pricing')).toEqual(
      expect.arrayContaining([
        'row: Input, per 1M tokens | $3.00 | $6.00',
        'row: Cache write, 5 minutes, per 1M tokens | $3.75 | $7.50',
        'row: Cache read, per 1M tokens | $0.30 | $0.60',
        'row: Output, per 1M tokens | $15.00 | $22.50',
        'item: In force since 2026-02-17.',
      ]),
    );
    expect(sectionOf(facts, 'Prompt caching').join('\n')).toContain('Minimum 1,024 tokens');
    expect(sectionOf(facts, 'Prompt caching').join('\n')).toContain('5-minute default lifetime');
    const thinking = sectionOf(facts, 'Thinking').join('\n');
    expect(thinking).toContain('"budget_tokens": 10000');
    expect(thinking).toContain('"adaptive"');
    expect(thinking).toContain('interleaved-thinking-2025-05-14');
    const different = sectionOf(facts, 'Good to know').join('\n');
    for (const words of ['No assistant prefill', 'temperature and top_p cannot both', 'streamed']) {
      expect(different).toContain(words);
    }
    const limits = sectionOf(facts, 'Limits');
    expect(limits.find((fact) => fact.includes('beta'))).toContain('1,000,000 tokens');
  });
});

describe('seed 004: Sonnet 4.6, prepaid', () => {
  test('limits and parameters are those of the plan', async () => {
    const facts = await factsAt('claude-sonnet-4.6', 'messages/', prepaid);
    expect(sectionOf(facts, 'Limits')).toEqual(
      expect.arrayContaining([
        'row: Context window | 200,000 tokens',
        'row: Max output | 16,384 tokens',
        'row: Supports tool use | Yes (parallel)',
        'row: Supports vision | Yes',
        'row: Supports streaming | Yes',
        'row: Supports prompt caching | Yes',
      ]),
    );
    const parameters = sectionOf(facts, 'Parameters').join('\n');
    expect(parameters).toContain('Hard cap. Max for this model: 16384.');
    expect(parameters).toContain('Array form supports cache_control.');
  });

  test('errors and who pays for them', async () => {
    const errors = sectionOf(await factsAt('claude-sonnet-4.6', 'messages/'), 'Errors');
    expect(errors).toEqual(
      expect.arrayContaining([
        'row: Code | error.type | Trigger | Try again | Billed?',
        'row: 400 | invalid_request_error | Body validation failed | No | No',
        'row: 401 | authentication_error | Missing / revoked key | No | No',
        'row: 402 | billing_error | Wallet exhausted | No | No',
        'row: 403 | permission_error | Scope denied / IP not allowlisted | No | No',
        'row: 429 | rate_limit_error | Rate-limited | Yes | No',
        'row: 502 | api_error | Upstream provider issue | Yes | No (auto-retry envelope)',
      ]),
    );
  });

  test('when to use it', async () => {
    const guide = sectionOf(await factsAt('claude-sonnet-4.6', 'messages/'), 'When to use');
    expect(guide).toEqual(
      expect.arrayContaining([
        'item: Default Anthropic mid-tier — start here, benchmark against Opus / Haiku later.',
        'item: For the prior version, see Claude Sonnet 4.5.',
        'item: For higher throughput at lower quality, see Claude Haiku 4.5.',
        'item: For deeper reasoning, see Claude Opus 4.7.',
      ]),
    );
  });
});
