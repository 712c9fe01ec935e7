import { describe, expect, test } from 'vitest';
import { cpuSecondsOf } from '../../test/support/cpu-time.ts';
import { askDescribed } from '../../test/support/described-emulator.ts';

/** Bodies of a megabyte or less that once took minutes, all memory or the stack. */

const LETTERS = 600_000;
const SECONDS_MAX = 5;

const many = <T>(count: number, make: (at: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, at) => make(at));
const user = (content: unknown): object => ({ role: 'user', content });
const body = (more: object): object => ({
  model: 'claude-sonnet-4-6',
  max_tokens: 64,
  messages: [user('Hi')],
  ...more,
});
const tool = (x: object, more: object = {}): object => ({
  name: 'run',
  input_schema: { type: 'object', properties: { x }, required: ['x'] },
  ...more,
});
const called = (x: object): object => body({ tools: [tool(x)], tool_choice: { type: 'any' } });
const shown = (x: object, ...values: readonly unknown[]): object =>
  body({ tools: [tool(x, { input_examples: values.map((value) => ({ x: value })) })] });
const unions = Object.fromEntries(
  many(30, (at) => {
    const next = { $ref: `#/$defs/d${String(at + 1)}` };
    return [`d${String(at)}`, { anyOf: [next, next] }];
  }),
);
const manyTools = (x: object, value: unknown): object =>
  body({
    tools: many(400, (at) => ({
      name: `run_${String(at)}`,
      input_schema: { type: 'object', $defs: unions, properties: { x } },
      input_examples: [{ x: value }],
    })),
  });

const answered: readonly (readonly [string, () => object])[] = [
  ['marks without a letter', () => body({ messages: [user('\u0301'.repeat(LETTERS))] })],
  [
    'a letter with marks that are out of order',
    () => body({ messages: [user(`e${'\u0301\u0323'.repeat(LETTERS / 3)}`)] }),
  ],
  [
    'a repetition of nothing',
    () => called({ type: 'string', pattern: '((((){1000}){1000}){1000}){1000}b' }),
  ],
  [
    'unique numbers',
    () =>
      shown(
        { uniqueItems: true },
        many(LETTERS / 6, (at) => at),
      ),
  ],
  [
    'unique objects',
    () =>
      shown(
        { uniqueItems: true },
        many(LETTERS / 12, (at) => ({ at })),
      ),
  ],
  [
    'examples beside options',
    () => shown({ enum: many(20_000, (at) => `v${String(at)}`) }, ...many(20_000, () => 'v19999')),
  ],
  [
    'examples beside options that are objects',
    () => shown({ enum: many(20_000, (at) => ({ at })) }, ...many(20_000, () => ({ at: 19_999 }))),
  ],
  [
    'lengths of one text',
    () => shown({ allOf: many(10_000, () => ({ minLength: 5 })) }, 'a'.repeat(LETTERS)),
  ],
  [
    'patterns of many tools',
    () => manyTools({ allOf: many(5, () => ({ pattern: '^(a+)+$' })) }, `${'a'.repeat(100)}b`),
  ],
  ['references of many tools', () => manyTools({ $ref: '#/$defs/d0' }, 1)],
  [
    'domains of a search',
    () =>
      body({
        messages: [user('Search the web for cats.')],
        tools: [
          {
            type: 'web_search_20250305',
            name: 'web_search',
            allowed_domains: many(60_000, (at) => `d${String(at)}.com`),
          },
        ],
      }),
  ],
];

describe('hostile bodies are answered in seconds', () => {
  test.each(answered)('%s', async (_, make) => {
    const how = { operation: 'messages.create', isBeta: false } as const;
    const seconds = await cpuSecondsOf(async () => {
      const { status, text } = await askDescribed(Buffer.from(JSON.stringify(make())), how);
      expect([status, text.slice(0, 100)]).toEqual([200, expect.stringContaining('"msg_')]);
    });
    expect(seconds).toBeLessThan(SECONDS_MAX);
  });
});

describe('names of prototypes are names like any other', () => {
  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('%s', async (name) => {
    const how = { operation: 'messages.create', isBeta: false } as const;
    const sent = `{"model":"claude-sonnet-4-6","max_tokens":99,"messages":[{"role":"user","content":"Hi"}],
      "tools":[{"name":"${name}","input_schema":{"type":"object","properties":{"${name}":{"type":"integer"}},
      "required":["${name}"]}}],"tool_choice":{"type":"tool","name":"${name}"}}`;
    const { status, text } = await askDescribed(Buffer.from(sent), how);
    expect([status, text]).toEqual([200, expect.stringContaining(`"name":"${name}"`)]);
    expect(text).toMatch(new RegExp(`"input":\\{"${name}":\\d+\\}`));
  });

  test.each(['__proto__', 'constructor', 'toString'])('%s as a type', async (type) => {
    const how = { operation: 'messages.create', isBeta: false } as const;
    const schema = { type, properties: { a: { type: 'integer' } } };
    const format = { type: 'json_schema', schema };
    const sent = JSON.stringify(body({ output_config: { format } }));
    const { status } = await askDescribed(Buffer.from(sent), how);
    expect([200, 400]).toContain(status);
  });
});
