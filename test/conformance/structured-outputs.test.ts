import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Case } from '../support/conformance.ts';
import { expectCase, sonnet4 } from '../support/conformance.ts';
import { askStream, askWhole, deltasIn } from '../support/read-stream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** API reference §8 and §13.5, #93 and #114 to #119: schemas that answers and calls must satisfy. */

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

type Schema = Readonly<Record<string, unknown>>;
const open = { type: 'object', properties: { a: { type: 'string' } } };
const closed = (
  properties: Schema,
  required: readonly string[] = Object.keys(properties),
): Schema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const person = closed({ name: { type: 'string' }, age: { type: 'integer' } });
const format = (schema: Schema): object => ({
  output_config: { format: { type: 'json_schema', schema } },
});
const strictTool = (input_schema: Schema, name = 'f'): object => ({
  name,
  input_schema,
  strict: true,
});
const many = (count: number, property: object): Schema =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${String(at)}`, property]));
const legacyBeta = 'structured-outputs-2025-11-13';
const openObject = "For 'object' type, 'additionalProperties' must be explicitly set to false";
const document = {
  type: 'document',
  source: { type: 'text', media_type: 'text/plain', data: 'One. Two.' },
  citations: { enabled: true },
};
const citing = {
  messages: [{ role: 'user', content: [document, { type: 'text', text: 'What?' }] }],
};

const cases: readonly Case[] = [
  {
    name: '#93 a strict tool with an open object',
    change: { tools: [strictTool(open)] },
    says: `tools.0.custom: ${openObject}`,
  },
  {
    name: '#93 … the second of two',
    change: { tools: [{ name: 'a', input_schema: open }, strictTool(open)] },
    says: `tools.1.custom: ${openObject}`,
  },
  { name: '#93 a strict tool with a closed one', change: { tools: [strictTool(person)] } },
  {
    name: '#115 a format with an open object',
    change: format(open),
    says: `output_config.format.schema: ${openObject}`,
  },
  {
    name: '#115 … with true',
    change: format({ ...open, additionalProperties: true }),
    says: "output_config.format.schema: For 'object' type, 'additionalProperties: true' is not supported. Please set 'additionalProperties' to false",
  },
  {
    name: '#115 … in the older place',
    change: { output_format: { type: 'json_schema', schema: open } },
    betas: legacyBeta,
    says: `output_format.schema: ${openObject}`,
  },
  {
    name: '#116 minimum and maximum',
    change: format(closed({ age: { type: 'integer', minimum: 1, maximum: 9 } })),
    says: "output_config.format.schema: For 'integer' type, properties maximum, minimum are not supported",
  },
  {
    name: '#116 recursion',
    change: format({
      ...closed({ root: { $ref: '#/$defs/Node' } }),
      $defs: { Node: closed({ children: { type: 'array', items: { $ref: '#/$defs/Node' } } }) },
    }),
    says: 'output_config.format.schema: Circular reference detected in schema definitions: Node -> Node',
  },
  {
    name: '#116 a reference to elsewhere',
    change: format(closed({ a: { $ref: 'https://example.com/schema.json' } })),
    says: 'output_config.format.schema: Invalid schema: External reference …',
  },
  {
    name: '#117 a format with citations',
    change: { ...format(person), ...citing },
    says: 'output_config.format: …',
  },
  {
    name: '#118 a format on Sonnet 4',
    change: { ...format(person), model: sonnet4 },
    says: 'output_config.format: …',
  },
  {
    name: '§8 a format with a prefill',
    change: {
      ...format(person),
      model: 'claude-sonnet-4-5',
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: '{' },
      ],
    },
    says: 'output_config.format: …',
  },
  {
    name: '§8 21 strict tools',
    change: { tools: Array.from({ length: 21 }, (_, at) => strictTool(person, `f${String(at)}`)) },
    says: 'Too many strict tools (21). The maximum number of strict tools supported is 20. …',
  },
  {
    name: '§8 25 optional parameters over two tools',
    change: {
      tools: [12, 13].map((count) =>
        strictTool(closed(many(count, { type: 'string' }), []), `f${String(count)}`),
      ),
    },
    says: 'Schemas contains too many optional parameters (25), …',
  },
  {
    name: '§8 17 parameters with unions',
    change: format(closed(many(17, { type: ['string', 'null'] }))),
    says: 'Schemas contains too many parameters with union types (17 …',
  },
  {
    name: '§8 the limits themselves',
    change: {
      ...format(closed({ ...many(16, { type: ['string', 'null'] }) })),
      tools: Array.from({ length: 20 }, (_, at) => strictTool(person, `f${String(at)}`)),
    },
  },
  {
    name: '§8 strict and for code only',
    change: {
      tools: [
        { ...strictTool(person), allowed_callers: ['code_execution_20260120'] },
        { type: 'code_execution_20260120', name: 'code_execution' },
      ],
    },
    says: 'tools.0.custom: strict…',
  },
];

describe('what is refused', () => {
  test.each(cases)('$name', (wanted) => expectCase(gateway, wanted));
});

const nested = {
  ...closed({
    title: { type: 'string', description: 'Of the whole' },
    kind: { enum: ['a', 'b'] },
    fixed: { const: 3 },
    when: { type: 'string', format: 'date-time' },
    code: { type: 'string', pattern: '^[A-Z]{2}-[0-9]{3}$' },
    people: { type: 'array', items: { $ref: '#/$defs/Person' }, minItems: 1 },
    maybe: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/Person' }] },
    both: { allOf: [person] },
  }),
  $defs: { Person: person },
};

describe('what is answered', () => {
  const satisfies = (schema: Schema, value: unknown): boolean =>
    new Ajv2020({ formats: { 'date-time': true } }).compile(schema)(value);

  test.each([
    ['#114 a closed object', person],
    ['#114 with all that is supported', nested],
  ])('%s: one text block with JSON that satisfies it', async (_name, schema) => {
    const sent = { change: { ...format(schema), max_tokens: 4000 } };
    const whole = await askWhole(gateway, sent);
    expect(whole).toMatchObject({ content: [{ type: 'text' }], stop_reason: 'end_turn' });
    const { events } = await askStream(gateway, sent);
    const text = deltasIn(events, 'text_delta').join('');
    expect(satisfies(schema, JSON.parse(text))).toBe(true);
    expect(whole.content).toEqual([{ type: 'text', text }]);
  });

  test('#119 output_format is the same under its beta', async () => {
    const change = { output_format: { type: 'json_schema', schema: person }, max_tokens: 400 };
    const whole = await askWhole(gateway, { change, betas: legacyBeta });
    const [block] = whole.content;
    expect(satisfies(person, JSON.parse(block?.type === 'text' ? block.text : ''))).toBe(true);
  });

  test('thinking goes before the JSON', async () => {
    const thinking = { type: 'enabled', budget_tokens: 1024 };
    const whole = await askWhole(gateway, {
      change: { ...format(person), thinking, max_tokens: 4000 },
    });
    expect(whole.content.map(({ type }) => type)).toEqual(['thinking', 'text']);
  });

  test('max_tokens cuts the JSON like any text', async () => {
    const whole = await askWhole(gateway, { change: { ...format(nested), max_tokens: 4 } });
    expect(whole).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 4 } });
  });

  test('a strict tool is called with what its schema allows', async () => {
    const change = { tools: [strictTool(nested)], tool_choice: { type: 'any' }, max_tokens: 4000 };
    const [call] = (await askWhole(gateway, { change })).content;
    expect(satisfies(nested, call?.type === 'tool_use' ? call.input : undefined)).toBe(true);
  });
});
