import { describe, expect, test } from 'vitest';
import { ofOwnAccount } from '../access/authenticate.ts';
import type { CatalogModel } from '../catalog/describe-workers-ai-model.ts';
import { plans } from '../catalog/plans.ts';
import { accountDialect } from '../dialects/workers-ai/account-dialect.ts';
import { bindingDialect } from '../dialects/workers-ai/binding-dialect.ts';
import { refusal } from '../messages/errors.ts';
import type { WorkersCatalogContext } from './answer-workers-catalog.ts';
import { answerWorkersCatalog } from './answer-workers-catalog.ts';
import type { CatalogQuestion } from './read-catalog-question.ts';

const principal = ofOwnAccount('a');

const context: WorkersCatalogContext = {
  requestId: 'req_1',
  asked: { authorization: 'Bearer a' },
  query: '',
  dialect: accountDialect,
  clientAddress: undefined,
  authenticator: {
    authenticate: ({ authorization }) =>
      authorization === 'Bearer a' ? principal : refusal('unauthenticated'),
  },
  settings: { plan: plans.standard, profile: 'launch' },
  atMs: Date.parse('2026-11-01T00:00:00Z'),
};

interface Answered {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: {
    readonly result: never;
    readonly success: boolean;
    readonly errors: readonly { readonly code: number; readonly message: string }[];
    readonly messages: readonly string[];
    readonly result_info?: object;
    readonly data?: readonly { readonly id: string }[];
  };
}

function ask(question: CatalogQuestion, more: Partial<WorkersCatalogContext> = {}): Answered {
  const { status, headers, body } = answerWorkersCatalog(question, { ...context, ...more });
  return {
    status,
    type: headers[headers.indexOf('content-type') + 1],
    body: JSON.parse(Buffer.from(body).toString()) as Answered['body'],
  };
}

const questions: readonly CatalogQuestion[] = [
  { kind: 'search', isBinding: false },
  { kind: 'list' },
  { kind: 'model', name: 'anthropic/claude-sonnet-4.6' },
  { kind: 'model-schema', name: 'anthropic/claude-sonnet-4.6' },
  { kind: 'schema' },
  { kind: 'authors' },
  { kind: 'tasks' },
];

describe.each(questions)('$kind', (question) => {
  const query = question.kind === 'schema' ? 'model=anthropic/claude-sonnet-4.6' : '';

  test('is answered in the envelope, its type without a charset', () => {
    const { status, type, body } = ask(question, { query });
    expect([status, type]).toEqual([200, 'application/json']);
    expect(Object.keys(body).slice(0, 4)).toEqual(['result', 'success', 'errors', 'messages']);
    expect(body).toMatchObject({ success: true, errors: [], messages: [] });
  });

  test('W-R06 needs a key', () => {
    const { status, type, body } = ask(question, { query, asked: {} });
    expect([status, type]).toEqual([401, 'application/json']);
    expect(body).toMatchObject({ result: null, success: false, errors: [{ code: 10_000 }] });
  });

  test('a query that cannot be read is refused', () => {
    const { status, body } = ask(question, { query: `${query}&page=x` });
    expect([status, body.success]).toEqual([400, false]);
    expect(body.errors[0]?.message).toContain('page must be');
  });
});

function idsOf(query: string, more: Partial<WorkersCatalogContext> = {}): readonly string[] {
  const { result } = ask({ kind: 'search', isBinding: false }, { query, ...more }).body;
  return (result as readonly { readonly id: string }[]).map(({ id }) => id);
}

describe('pages', () => {
  const all = idsOf('per_page=1000');

  test('one after another, they are the whole list', () => {
    const pages = [1, 2, 3, 4, 5].flatMap((page) => idsOf(`per_page=3&page=${String(page)}`));
    expect(pages).toEqual(all);
    expect(idsOf('per_page=3&page=6')).toEqual([]);
  });

  test.each<[string, object]>([
    ['', { page: 1, per_page: 50, count: all.length, total_count: all.length }],
    ['page=2&per_page=1', { page: 2, per_page: 1, count: 1, total_count: all.length }],
    ['page=99', { page: 99, per_page: 50, count: 0, total_count: all.length }],
    ['search=haiku', { page: 1, per_page: 50, count: 1, total_count: 1 }],
  ])('%j says where it is', (query, info) => {
    for (const kind of ['search', 'list'] as const) {
      if (kind === 'list' && query.startsWith('search')) continue;
      const question = kind === 'search' ? { kind, isBinding: false } : { kind };
      expect(ask(question, { query }).body.result_info).toEqual(info);
    }
  });
});

test('W-B34 the binding gets a result and no envelope', () => {
  const { body } = ask(
    { kind: 'search', isBinding: true },
    { query: 'search=claude&per_page=3', dialect: bindingDialect },
  );
  expect(Object.keys(body)).toEqual(['success', 'result']);
  expect(body.result).toHaveLength(3);
});

test('for marketplaces the list stands in data', () => {
  const { body } = ask(
    { kind: 'search', isBinding: false },
    { query: 'format=openrouter&per_page=2' },
  );
  expect(body.data?.map(({ id }) => id)).toEqual(idsOf('per_page=2'));
  expect(body).toMatchObject({ success: true, result_info: { count: 2 } });
});

describe('one model', () => {
  const names = [
    'anthropic/claude-sonnet-4.6',
    'anthropic/claude-sonnet-4-6',
    'claude-sonnet-4-6',
    'anthropic/claude-sonnet-4-6-20260218',
  ];
  test.each(names)('W-R12 %s is the one', (name) => {
    const { result } = ask({ kind: 'model', name }).body;
    expect((result as CatalogModel).model_id).toBe(names[0]);
  });

  test('its schema, by both paths', () => {
    const name = 'anthropic/claude-opus-5';
    const whole = ask({ kind: 'model', name }).body.result as CatalogModel;
    expect(ask({ kind: 'schema' }, { query: `model=${name}` }).body.result).toEqual(whole.schema);
    expect(ask({ kind: 'model-schema', name }).body.result).toEqual({ schema: whole.schema });
  });

  test.each(['anthropic/nope', 'claude-3-opus-latest', '__proto__'])('%s is not found', (name) => {
    const asks = [
      ask({ kind: 'model', name }),
      ask({ kind: 'model-schema', name }),
      ask({ kind: 'schema' }, { query: `model=${name}` }),
    ];
    for (const { status, body } of asks) {
      expect(status).toBe(404);
      expect(body.errors[0]).toMatchObject({ code: 7003 });
      expect(body.errors[0]?.message).toContain(`Model not found: ${name}.`);
    }
  });

  test('a name that is nearly right is told the right one', () => {
    const { body } = ask({ kind: 'model', name: 'anthropic/claude-sonet-4.6' });
    expect(body.errors[0]?.message).toContain('Did you mean anthropic/claude-sonnet-4.6');
  });

  test('a schema of no model is refused', () => {
    const { status, body } = ask({ kind: 'schema' });
    expect([status, body.errors[0]?.message]).toEqual([400, 'model is required.']);
  });

  test('one that the plan does not sell is neither listed nor found', () => {
    const plan = { ...plans.prepaid, modelIds: new Set(['claude-opus-5']) };
    const settings = { plan, profile: 'launch' } as const;
    expect(idsOf('', { settings })).toEqual(['anthropic/claude-opus-5']);
    const { status } = ask({ kind: 'model', name: 'anthropic/claude-sonnet-4.6' }, { settings });
    expect(status).toBe(404);
  });
});
