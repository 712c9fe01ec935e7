import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WrittenPolicy } from '../../test/support/parsed-policies.ts';
import { parsedPolicies } from '../../test/support/parsed-policies.ts';
import type { JudgedRequest } from './judge-request.ts';
import { judgeRequest, lookInto } from './judge-request.ts';
import type { AskedRequest } from './policy-rule.ts';

interface Asking extends Partial<AskedRequest> {
  readonly text?: string;
}

function askedBy(member: object, { text, ...more }: Asking = {}): AskedRequest {
  const body = Buffer.from(text ?? JSON.stringify({ model: 'claude-opus-4-6', ...member }));
  const members = lookInto(body);
  return {
    operation: 'messages.create',
    model: 'claude-opus-4-6',
    models: ['claude-opus-4-6', 'anthropic/claude-opus-4.6'],
    namesOf: (model) => [model, `anthropic/${model}`],
    headers: ['anthropic-version', '2023-06-01'],
    body,
    bodyBytes: body.length,
    members,
    lengthSaidBy: members().has('max_tokens') ? 'caller' : 'nobody',
    ...more,
  };
}

/** What is said: of a refusal its code and text, else the edits and the body as it goes on. */
function told(judged: JudgedRequest): readonly unknown[] {
  if (judged.kind === 'refused') return [judged.said.code, judged.said.param, judged.said.detail];
  const { edits, asked } = judged;
  return [edits.map(({ edit, fields }) => [edit, ...fields]), Buffer.from(asked.body).toString()];
}

const judge = (asked: AskedRequest, ...policies: readonly WrittenPolicy[]): readonly unknown[] =>
  told(judgeRequest(parsedPolicies(...policies), asked));

const limits = (bounds: object): WrittenPolicy => ({ parameters: { limits: bounds } });
const defaults = (values: object): WrittenPolicy => ({ parameters: { defaults: values } });
const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: '' } };
const result = { type: 'tool_result', tool_use_id: 't', content: [image, image] };
const blocks = { type: 'document', source: { type: 'content', content: [image] } };

describe('what is refused', () => {
  const above = (path: string, value: number, most: number): string =>
    `${path}: ${String(value)} > ${String(most)}, which is the most that the policy "p0" allows`;
  const cases: readonly (readonly [string, AskedRequest, WrittenPolicy, readonly unknown[]])[] = [
    [
      'a model that is denied, by another name of it',
      askedBy({}),
      { models: { deny: ['anthropic/claude-opus-*'] } },
      ['permission_denied', 'model', 'The policy "p0" does not allow the model "claude-opus-4-6".'],
    ],
    [
      'a model that is not among those that are allowed',
      askedBy({}),
      { models: { allow: ['*haiku*'] } },
      ['permission_denied', 'model', 'The policy "p0" does not allow the model "claude-opus-4-6".'],
    ],
    [
      'a model that is allowed and denied',
      askedBy({}),
      { models: { allow: ['*'], deny: ['*opus*'] } },
      ['permission_denied', 'model', 'The policy "p0" does not allow the model "claude-opus-4-6".'],
    ],
    [
      'a model that a tool asks',
      askedBy({ tools: [{ name: 'a' }, { type: 'advisor_20260301', model: 'claude-x' }] }),
      { models: { deny: ['anthropic/claude-x'] } },
      ['permission_denied', 'tools', 'The policy "p0" does not allow the model "claude-x".'],
    ],
    [
      'a model that is to answer where the first does not',
      askedBy({ fallbacks: [{ model: 'claude-opus-4-6' }, { model: 'claude-x' }] }),
      { models: { allow: ['*opus*'] } },
      ['permission_denied', 'fallbacks', 'The policy "p0" does not allow the model "claude-x".'],
    ],
    [
      'a tool that says two models, of which an upstream may take the other',
      askedBy({}, { text: '{"tools":[{"model":"claude-x","model":"claude-opus-4-6"}]}' }),
      { models: { allow: ['*opus*'] } },
      ['malformed_json', undefined, 'The request body is not valid JSON: duplicate key "model"'],
    ],
    [
      'a body that is too large',
      askedBy({}, { bodyBytes: 101 }),
      { body_bytes_max: 100 },
      [
        'request_too_large',
        undefined,
        'Request exceeds the maximum size: the policy "p0" allows 100 bytes',
      ],
    ],
    [
      'a parameter',
      askedBy({ mcp_servers: [] }),
      { parameters: { deny: ['container', 'mcp_servers'] } },
      [
        'invalid_request',
        'mcp_servers',
        'mcp_servers: the policy "p0" does not allow this parameter',
      ],
    ],
    [
      'a parameter whose name is written with escapes',
      askedBy({}, { text: '{"model":"m","\\u006dcp_servers":[]}' }),
      { parameters: { deny: ['mcp_servers'] } },
      [
        'invalid_request',
        'mcp_servers',
        'mcp_servers: the policy "p0" does not allow this parameter',
      ],
    ],
    [
      'a longer answer',
      askedBy({ max_tokens: 4097 }),
      limits({ max_tokens_max: 4096 }),
      ['invalid_request', 'max_tokens', above('max_tokens', 4097, 4096)],
    ],
    [
      'a length that is no number',
      askedBy({ max_tokens: null }),
      limits({ max_tokens_max: 4096 }),
      ['invalid_request', 'max_tokens', 'max_tokens: Input should be a valid integer'],
    ],
    [
      'a longer completion of the old kind',
      askedBy({ max_tokens_to_sample: 9 }, { operation: 'complete.create' }),
      limits({ max_tokens_max: 8 }),
      ['invalid_request', 'max_tokens_to_sample', above('max_tokens_to_sample', 9, 8)],
    ],
    [
      'one that says no length',
      askedBy({}, { operation: 'complete.create' }),
      limits({ max_tokens_max: 8 }),
      ['invalid_request', 'max_tokens_to_sample', 'max_tokens_to_sample: Field required'],
    ],
    [
      'more thinking',
      askedBy({ thinking: { type: 'enabled', budget_tokens: 2000 } }),
      limits({ thinking_budget_max: 1024 }),
      ['invalid_request', 'thinking', above('thinking.budget_tokens', 2000, 1024)],
    ],
    [
      'thinking that says two budgets, of which an upstream may take the other',
      askedBy({}, { text: '{"thinking":{"budget_tokens":9999,"budget_tokens":1}}' }),
      limits({ thinking_budget_max: 1024 }),
      [
        'malformed_json',
        undefined,
        'The request body is not valid JSON: duplicate key "budget_tokens"',
      ],
    ],
    [
      'more tools',
      askedBy({ tools: [{}, {}] }),
      limits({ tools_max: 1 }),
      ['invalid_request', 'tools', above('tools', 2, 1)],
    ],
    [
      'more messages',
      askedBy({ messages: [{}, {}, {}] }),
      limits({ messages_max: 2 }),
      ['invalid_request', 'messages', above('messages', 3, 2)],
    ],
    [
      'more images, wherever they stand',
      askedBy({
        messages: [
          { role: 'user', content: [image, { type: 'text', text: 'image' }] },
          { role: 'user', content: [result, blocks] },
          { role: 'user', content: 'image' },
        ],
      }),
      limits({ images_max: 3 }),
      ['invalid_request', 'messages', above('messages: images', 4, 3)],
    ],
  ];
  test.each(cases)('%s', (_name, asked, policy, expected) => {
    expect(judge(asked, policy)).toEqual(expected);
  });
});

describe('what passes as it is', () => {
  const cases: readonly (readonly [string, AskedRequest, WrittenPolicy])[] = [
    ['a policy that says nothing', askedBy({}), {}],
    ['an operation without a model', askedBy({}, { model: undefined }), { models: { allow: [] } }],
    ['just as much as is allowed', askedBy({ max_tokens: 8 }), limits({ max_tokens_max: 8 })],
    [
      'images that are arguments of a tool',
      askedBy({ messages: [{ content: [{ type: 'tool_use', input: { content: [image] } }] }] }),
      limits({ images_max: 0 }),
    ],
    [
      'thinking without a budget',
      askedBy({ thinking: { type: 'adaptive' } }),
      limits({ thinking_budget_max: 0 }),
    ],
    [
      'a length that the form says for its caller',
      askedBy({ max_tokens: 32_000 }, { lengthSaidBy: 'nobody' }),
      { parameters: { deny: ['max_tokens'] } },
    ],
    ['a default that is said', askedBy({ temperature: null }), defaults({ temperature: 1 })],
    [
      'the count of a request’s tokens, which has no parameters of answers',
      askedBy({}, { operation: 'messages.count_tokens' }),
      { parameters: { defaults: { temperature: 1 }, limits: { max_tokens_max: 1 } } },
    ],
  ];
  test.each(cases)('%s', (_name, asked, policy) => {
    expect(judge(asked, policy)).toEqual([[], Buffer.from(asked.body).toString()]);
  });
});

describe('what is changed', () => {
  test('a default is put in, the first policy’s where two have one', () => {
    const asked = askedBy({}, { text: '{ "model" : "m" }' });
    const policies = [defaults({ temperature: 0, top_k: 5 }), defaults({ temperature: 1 })];
    expect(judge(asked, ...policies)).toEqual([
      [['parameters-defaulted', 'temperature', 'top_k']],
      '{"temperature":0,"top_k":5, "model" : "m" }',
    ]);
  });

  test('who says no length gets a policy’s, and never more than is allowed', () => {
    const asked = askedBy({}, { text: '{"model":"m"}' });
    const [, alone] = judge(asked, limits({ max_tokens_max: 4096 }));
    expect(alone).toBe('{"max_tokens":4096,"model":"m"}');
    const [edits, both] = judge(
      asked,
      defaults({ max_tokens: 9000 }),
      limits({ max_tokens_max: 7 }),
    );
    expect([edits, both]).toEqual([
      [
        ['parameters-defaulted', 'max_tokens'],
        ['parameters-defaulted', 'max_tokens'],
      ],
      '{"max_tokens":7,"model":"m"}',
    ]);
  });

  test('a length that a form says for everybody gives way to a policy’s', () => {
    const asked = askedBy({}, { text: '{"max_tokens":32000}', lengthSaidBy: 'nobody' });
    expect(judge(asked, defaults({ max_tokens: 500 }))[1]).toBe('{"max_tokens":500}');
    expect(judge(asked, limits({ max_tokens_max: 64_000 }))[1]).toBe('{"max_tokens":32000}');
  });
});

describe('betas', () => {
  const headers = ['x', 'y', 'anthropic-beta', 'a-1, b-2,a-3', 'anthropic-beta', 'b-4'];
  const asked = askedBy({}, { headers });

  test.each<readonly [string, object]>([
    ['one that is denied', { deny: ['b-*'] }],
    ['one that is not allowed', { allow: ['a-*'] }],
  ])('%s is refused by name', (_name, betas) => {
    const text = 'anthropic-beta: the policy "p0" does not allow "b-2"';
    expect(judge(asked, { betas })).toEqual(['invalid_request', 'anthropic-beta', text]);
  });

  test('is dropped where a policy says so, and named', () => {
    const [policy] = parsedPolicies({ betas: { deny: ['b-*'], on_denied: 'drop' } });
    const judged = judgeRequest(policy === undefined ? [] : [policy], asked);
    expect(judged).toMatchObject({
      edits: [{ policy: 'p0', edit: 'betas-dropped', fields: ['b-2', 'b-4'] }],
      asked: { headers: ['x', 'y', 'anthropic-beta', 'a-1,a-3'] },
    });
  });

  test('what one policy drops another one refuses all the same', () => {
    const drops = { betas: { deny: ['b-*'], on_denied: 'drop' } };
    expect(judge(asked, drops, { betas: { deny: ['b-2'] } })[0]).toBe('invalid_request');
  });

  test.each(['anthropic_beta', 'betas'])('in the body as %s they are refused', (member) => {
    const inBody = askedBy({ [member]: ['a-1', 'b-2'] });
    const policy = { betas: { deny: ['b-*'], on_denied: 'drop' } };
    expect(judge(inBody, policy)).toEqual([
      'invalid_request',
      member,
      `${member}: the policy "p0" does not allow "b-2"`,
    ]);
  });
});

describe('one policy more', () => {
  const beta = fc.constantFrom('a', 'b', 'c');
  const patterns = fc.array(fc.constantFrom('*', 'a', 'b*', '*opus*', 'c'), { maxLength: 2 });
  const bound = fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined });
  const parameter = fc.constantFrom('temperature', 'tools', 'metadata');
  const policy = fc.record({
    models: fc.record({ allow: fc.option(patterns, { nil: undefined }), deny: patterns }),
    parameters: fc.record({
      defaults: fc.dictionary(fc.constantFrom('temperature', 'max_tokens', 'top_k'), fc.nat(4)),
      limits: fc.record({ max_tokens_max: bound, tools_max: bound, messages_max: bound }),
      deny: fc.array(parameter, { maxLength: 1 }),
    }),
    betas: fc.record({
      allow: fc.option(patterns, { nil: undefined }),
      deny: patterns,
      on_denied: fc.constantFrom('refuse', 'drop'),
    }),
    body_bytes_max: fc.option(fc.integer({ min: 50, max: 200 }), { nil: undefined }),
  });
  const request = fc
    .record({
      max_tokens: bound,
      temperature: fc.option(fc.nat(4), { nil: undefined }),
      tools: fc.option(fc.array(fc.constant({}), { maxLength: 5 }), { nil: undefined }),
      messages: fc.array(fc.constant({}), { maxLength: 5 }),
      betas: fc.array(beta, { maxLength: 3 }),
    })
    .map(({ betas, ...members }) =>
      askedBy(members, { headers: ['anthropic-beta', betas.join()] }),
    );

  test('can only narrow what passes, wherever it stands', () => {
    fc.assert(
      fc.property(
        fc.array(policy, { maxLength: 3 }),
        policy,
        fc.nat(3),
        request,
        (policies, more, at, asked) => {
          const with1 = [...policies.slice(0, at), more, ...policies.slice(at)];
          const passes = judgeRequest(parsedPolicies(...with1), asked).kind === 'passed';
          fc.pre(passes);
          expect(judgeRequest(parsedPolicies(...policies), asked).kind).toBe('passed');
        },
      ),
      { numRuns: 100, maxSkipsPerRun: 1000 },
    );
  });

  test('never changes what a request says', () => {
    fc.assert(
      fc.property(fc.array(policy, { maxLength: 3 }), request, (policies, asked) => {
        const judged = judgeRequest(parsedPolicies(...policies), asked);
        fc.pre(judged.kind === 'passed');
        if (judged.kind !== 'passed') return;
        const said = JSON.parse(Buffer.from(asked.body).toString()) as object;
        expect(JSON.parse(Buffer.from(judged.asked.body).toString())).toMatchObject(said);
      }),
      { numRuns: 300, maxSkipsPerRun: 1000 },
    );
  });
});
