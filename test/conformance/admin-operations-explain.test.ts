import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ExplainAnswer } from '../../src/admin/contract-explain.ts';
import type { ExplainRig, Situation } from '../support/explain-rig.ts';
import { startExplainRig } from '../support/explain-rig.ts';
import type { RawAnswer } from '../support/post.ts';

/** What is said of a request before it is sent, held against what then becomes of it. */

let rig: ExplainRig;

beforeAll(async () => {
  rig = await startExplainRig();
});

afterAll(async () => {
  await rig.routed.stop();
});

beforeEach(() => {
  rig.begin();
});

const lookUp = { name: 'look_up', input_schema: { type: 'object' } };

const drain =
  (name: string, order = 'drain') =>
  ({ gateway }: ExplainRig): Promise<unknown> =>
    gateway.ask('POST', `/admin/v1/upstreams/${name}/${order}`);

const situations: readonly Situation[] = [
  { name: 'no route is for it', wanted: { upstream: 'a' } },
  {
    name: 'a route by its model',
    model: 'claude-opus-4-6',
    wanted: { upstream: 'b', route: 'opus' },
  },
  {
    name: 'a route by a header, with a fallback',
    headers: { 'X-Team': 'red' },
    wanted: {
      upstream: 'b',
      route: 'red',
      more: {
        retries: { by: 'route', attempts_max: 2, total_ms: 25_000 },
        targets: [
          { upstream: 'b', timeouts: { first_byte_ms: 20_000, total_ms: 25_000 } },
          { upstream: 'a', why: 'A fallback of the route. It may be asked.' },
        ],
      },
    },
  },
  {
    name: 'the header is there and the body too long',
    headers: { 'x-team': 'red' },
    body: { messages: [{ role: 'user', content: 'x'.repeat(6000) }] },
    wanted: {
      upstream: 'a',
      more: {
        routes: [
          { name: 'opus', outcome: 'not_for_it', failed: 'models' },
          { name: 'red', outcome: 'not_for_it', failed: 'body_bytes_max' },
          { name: 'tools', outcome: 'not_for_it', failed: 'features' },
          { name: 'shared', outcome: 'not_for_it', failed: 'models' },
        ],
      },
    },
  },
  {
    name: 'a route by a feature, under another name',
    body: { tools: [lookUp] },
    wanted: { upstream: 'b', route: 'tools', more: { edits: ['model-renamed'] } },
  },
  {
    name: 'another model is not for a key of one model alone',
    key: 'sonnet',
    body: { tools: [lookUp] },
    wanted: {
      upstream: 'a',
      more: {
        routes: [
          { name: 'opus' },
          { name: 'red' },
          { name: 'tools', outcome: 'nobody_usable', left_out: [{ upstream: 'b' }] },
          { name: 'shared' },
        ],
      },
    },
  },
  ...['one', 'two', 'three', 'four'].map((word): Situation => ({
    name: `where its conversation is at home: ${word}`,
    model: 'claude-sonnet-4-5',
    body: { messages: [{ role: 'user', content: word }] },
    wanted: { route: 'shared', more: { affinity: { guest: null }, is_order_drawn: false } },
  })),
  {
    name: 'a name of the installation’s own',
    model: 'fast',
    wanted: {
      upstream: 'a',
      policies: ['names', 'short'],
      more: {
        edits: ['model-aliased', 'parameters-defaulted'],
        model: { asked: 'fast', sent: 'claude-haiku-4-5' },
      },
    },
  },
  {
    name: 'a model that a policy denies',
    model: 'claude-opus-4-1',
    wanted: { stage: 'policy', status: 403, policies: ['no-opus-4-1'] },
  },
  {
    name: 'longer than a policy lets it be',
    model: 'claude-haiku-4-5',
    body: { max_tokens: 5000 },
    wanted: { stage: 'policy', status: 400, policies: ['short'] },
  },
  {
    name: 'a model that the key may not use',
    key: 'sonnet',
    model: 'claude-opus-4-6',
    wanted: { stage: 'key', status: 403, more: { key: { rule: 'model_not_allowed' } } },
  },
  {
    name: 'a form that the key may not speak',
    key: 'unscoped',
    wanted: {
      stage: 'key',
      status: 403,
      more: { key: { rule: 'scope_denied', needed_scope: 'messages' } },
    },
  },
  {
    name: 'an address that the key does not work from',
    key: 'elsewhere',
    address: '127.0.0.1',
    wanted: { stage: 'key', status: 403, more: { key: { rule: 'ip_not_allowed' } } },
  },
  {
    name: 'a key that has had its minute',
    key: 'slow',
    before: (asked) => asked.really({ name: 'the one', key: 'slow', wanted: {} }),
    wanted: {
      stage: 'key_limits',
      status: 429,
      more: { limits: [{ meter: 'requests', limit: 1, remaining: 0 }] },
    },
  },
  {
    name: 'Chat Completions',
    form: 'chat-completions',
    model: 'anthropic/claude-opus-4.6',
    wanted: { upstream: 'b', route: 'opus' },
  },
  {
    name: 'what Chat Completions do not take',
    form: 'chat-completions',
    body: { messages: 'Hi' },
    wanted: { stage: 'form', status: 400 },
  },
  {
    name: 'a run in the Workers AI form',
    form: 'workers-ai',
    model: 'anthropic/claude-sonnet-4.6',
    wanted: { upstream: 'a', more: { gateway: 'default' } },
  },
  {
    name: 'a gateway that is not there',
    form: 'workers-ai',
    model: 'anthropic/claude-sonnet-4.6',
    headers: { 'cf-aig-gateway-id': 'nobody' },
    wanted: { stage: 'gateway', status: 400 },
  },
  {
    name: 'who pays in advance, and has nothing',
    key: 'poor',
    wanted: { stage: 'money', status: 402 },
  },
  {
    name: 'who pays in advance, and has enough',
    key: 'rich',
    wanted: { upstream: 'a', more: { money: { is_held: true }, plan: { name: 'prepaid' } } },
  },
  {
    name: 'a budget that is too small',
    key: 'frugal',
    wanted: { stage: 'money', status: 403 },
  },
  {
    name: 'the only upstream is drained',
    before: drain('a'),
    after: drain('a', 'resume'),
    wanted: { stage: 'route', status: 503, more: { drained: ['a'], targets: [] } },
  },
  {
    name: 'the first target is drained',
    headers: { 'x-team': 'red' },
    before: drain('b'),
    after: drain('b', 'resume'),
    wanted: { upstream: 'a', route: 'red', more: { drained: ['b'] } },
  },
];

/** What was said is what the situation wants. */
function expectForetold(said: ExplainAnswer, { wanted }: Situation): void {
  const { route = null, stage = null, policies = [], more = {} } = wanted;
  const acting = said.policies.filter((one) => one.edits.length > 0 || one.refusal !== null);
  expect(said).toMatchObject(more);
  expect([said.route, said.verdict.stage]).toEqual([route, stage]);
  expect(acting.map(({ name }) => name)).toEqual(policies);
}

/** What was said is what came of the request. */
function expectSame({ verdict, targets, edits, money }: ExplainAnswer, answer: RawAnswer): void {
  const first = targets.slice(0, verdict.is_sent ? 1 : 0).map(({ upstream }) => upstream);
  const { 'x-quatrain-edits': edited = '', 'x-credits-held': held } = answer.headers;
  expect([verdict.is_sent, verdict.http_status ?? 200]).toEqual([
    answer.status === 200,
    answer.status,
  ]);
  expect(rig.lastAsked()).toEqual(first);
  expect(verdict.is_sent ? edits.join(', ') : edited).toBe(edited);
  expect(held === undefined ? undefined : money?.held_nano).toBe(held);
}

describe('what would happen to a request is what happens to it', () => {
  test.each(situations)('$name', async (situation) => {
    const { wanted, before, after } = situation;
    await before?.(rig);
    rig.begin();
    const said = await rig.explained(situation);
    expect(rig.lastAsked()).toEqual([]);
    expectForetold(said, situation);
    const answer = await rig.really(situation);
    await after?.(rig);
    expectSame(said, answer);
    expect(answer.status).toBe(wanted.status ?? 200);
    expect(rig.lastAsked()).toEqual(
      wanted.upstream === undefined ? rig.lastAsked() : [wanted.upstream],
    );
  });

  test('there are enough situations to say so', () => {
    expect(situations.length).toBeGreaterThanOrEqual(12);
  });
});
