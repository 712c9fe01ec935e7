import { describe, expect, test } from 'vitest';
import { parseConfig } from './parse-config.ts';
import { issueText } from './yaml-issues.ts';

const read = (text: string): readonly string[] | object => {
  const parsed = parseConfig({ file: { name: 'q.yaml', text }, env: {}, flags: {} });
  return parsed.kind === 'issues' ? parsed.issues.map(issueText) : parsed.config.policies;
};

describe('policies', () => {
  test('one that says nothing but its name changes nothing', () => {
    expect(read('policies: [{ name: all }]')).toEqual([
      {
        name: 'all',
        when: {},
        models: { deny: [] },
        parameters: { defaults: {}, limits: {}, deny: [] },
        betas: { deny: [], on_denied: 'refuse' },
        thinking_on_switch: 'keep',
        model_aliases: {},
      },
    ]);
  });

  test('defaults are any JSON', () => {
    const text =
      'policies: [{ name: a, parameters: { defaults: { thinking: { type: adaptive }, temperature: 0.5 } } }]';
    expect(read(text)).toMatchObject([
      { parameters: { defaults: { thinking: { type: 'adaptive' }, temperature: 0.5 } } },
    ]);
  });

  const wrong: readonly (readonly [string, string, RegExp])[] = [
    [
      'two of one name',
      '[{ name: a }, { name: a }]',
      /policies\.1\.name: another policy is called a/,
    ],
    ['no name', '[{}]', /policies\.0\.name/],
    ['an option that does not exist', '[{ name: a, modles: {} }]', /policies\.0\.modles/],
    [
      'a default for what only a request can say',
      '[{ name: a, parameters: { defaults: { messages: [] } } }]',
      /defaults\.messages: Invalid key/,
    ],
    [
      'the same to deny',
      '[{ name: a, parameters: { deny: [model] } }]',
      /model, messages and stream are for the request to say/,
    ],
    [
      'names of models where it is not yet known which gateway it is',
      '[{ name: a, when: { gateways: [g] }, model_default: m }]',
      /policies\.0\.model_default: a policy with when\.gateways cannot name models/,
    ],
    [
      'the same of aliases',
      '[{ name: a, when: { gateways: [g] }, model_aliases: { fast: m } }]',
      /policies\.0\.model_aliases: a policy with when\.gateways cannot name models/,
    ],
    ['a form that there is not', '[{ name: a, when: { dialects: [grpc] } }]', /when\.dialects/],
  ];
  test.each(wrong)('%s: the start is refused', (_name, policies, expected) => {
    expect(read(`policies: ${policies}`)).toEqual([expect.stringMatching(expected)]);
  });
});
