import { describe, expect, test } from 'vitest';
import type { Scenario, ScenarioMatch, ScenarioStep } from '../../config/scenario.ts';
import type { UpstreamRequest } from '../../messages/upstream.ts';
import { compileMatch } from './match-scenario.ts';
import type { RequestView } from './request-view.ts';
import { viewRequest } from './request-view.ts';
import { ScenarioEngine } from './scenario-engine.ts';

const request: UpstreamRequest = {
  operation: 'messages.create',
  method: 'POST',
  path: '/v1/messages',
  headers: ['anthropic-version', '2023-06-01'],
  body: new Uint8Array(0),
  stream: true,
  requestId: 'req_1',
  account: 'shop',
  callerHeader: (name) => (name === 'x-scenario' ? 'rain' : undefined),
};
const conversation = [
  { role: 'user', content: 'Will it rain in Porto?' },
  { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'forecast', input: {} }] },
  {
    role: 'user',
    content: [
      { type: 'tool_result', tool_use_id: 't1', content: [{ type: 'text', text: 'Rain at 5' }] },
    ],
  },
];
const view = viewRequest(request, {
  model: 'claude-sonnet-4-6',
  stream: true,
  messages: conversation,
});

describe('a condition', () => {
  test.each<[ScenarioMatch, boolean]>([
    [{}, true],
    [{ model: 'claude-sonnet-4-6' }, true],
    [{ model: 'claude-sonnet' }, false],
    [{ model: { contains: 'sonnet' } }, true],
    [{ last_user_text: { contains: 'Porto' } }, true],
    [{ last_user_text: { regex: '^will .*porto', ignore_case: true } }, true],
    [{ last_user_text: { regex: '^will' } }, false],
    [{ tool_results: {} }, true],
    [{ tool_results: { tool: 'forecast', text: { contains: 'Rain' }, is_error: false } }, true],
    [{ tool_results: { tool: 'other' } }, false],
    [{ tool_results: { is_error: true } }, false],
    [{ turn: 2 }, true],
    [{ turn: 1 }, false],
    [{ turn: { min: 2, max: 3 } }, true],
    [{ turn: { min: 3 } }, false],
    [{ header: { 'X-Scenario': 'rain' } }, true],
    [{ header: { 'anthropic-version': { contains: '2023' } } }, true],
    [{ header: { 'x-other': { regex: '' } } }, false],
    [{ account: 'shop', stream: true }, true],
    [{ account: 'shop', stream: false }, false],
    [{ operation: 'messages.count_tokens' }, false],
    [{ operation: 'any' }, true],
  ])('%j: %s', (match, holds) => {
    expect(compileMatch(match)(view)).toBe(holds);
  });

  test('a pattern sees the first 4,000 letters only', () => {
    const long = { ...view, lastUserText: `${'a'.repeat(5000)}b` };
    expect(compileMatch({ last_user_text: { regex: 'b' } })(long)).toBe(false);
    expect(compileMatch({ last_user_text: { contains: 'b' } })(long)).toBe(true);
  });

  test.each([undefined, null, 3, 'text', [], { messages: 'no', model: 7 }, { messages: [1, {}] }])(
    'a body that is no request is looked at all the same: %j',
    (body) => {
      expect(viewRequest(request, body)).toMatchObject({ model: '', lastUserText: '' });
    },
  );
});

describe('choosing', () => {
  const say = (content: string): Pick<Scenario, 'respond'> => ({ respond: { content } });
  const followed = (scenario: Scenario, ...steps: readonly ScenarioStep[]): Scenario => ({
    ...scenario,
    // oxlint-disable-next-line unicorn/no-thenable -- a member of the file's form, and never a function
    then: steps,
  });
  const answers = (scenarios: readonly Scenario[], count: number, of: RequestView = view) => {
    const engine = new ScenarioEngine({ strict: false, scenarios });
    return Array.from({ length: count }, () => engine.choose(of, 'accepted')?.respond?.content);
  };

  test('the first that matches answers, until it is used up', () => {
    const scenarios: readonly Scenario[] = [
      { name: 'other', match: { turn: 9 }, ...say('never') },
      { name: 'twice', times: 2, ...say('two') },
      { name: 'rest', ...say('rest') },
    ];
    expect(answers(scenarios, 4)).toEqual(['two', 'two', 'rest', 'rest']);
  });

  test('steps come one after another, and then the script is over', () => {
    const scenarios = [followed({ name: 's', ...say('1') }, say('2'), say('3'))];
    expect(answers(scenarios, 4)).toEqual(['1', '2', '3', undefined]);
  });

  test('with more times than steps the script begins anew', () => {
    const scenarios = [followed({ name: 's', times: 5, ...say('1') }, say('2'))];
    expect(answers(scenarios, 6)).toEqual(['1', '2', '1', '2', '1', undefined]);
  });

  test('phases do not mix', () => {
    const error = { type: 'authentication_error' } as const;
    const engine = new ScenarioEngine({
      strict: false,
      scenarios: [{ name: 'early', before_validation: true, error }],
    });
    expect(engine.choose(view, 'accepted')).toBeUndefined();
    expect(engine.choose(view, 'before-validation')).toMatchObject({ error });
    expect([engine.has('before-validation'), engine.has('accepted')]).toEqual([true, false]);
  });
});
