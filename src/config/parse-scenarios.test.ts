import { describe, expect, test } from 'vitest';
import { parseScenarios } from './parse-scenarios.ts';
import { issueText } from './yaml-issues.ts';

function issues(text: string): readonly string[] {
  const parsed = parseScenarios('s.yaml', text);
  return parsed.kind === 'issues' ? parsed.issues.map((issue) => issueText(issue)) : [];
}

describe('a scenario file', () => {
  test('that is empty has no scenarios and is not strict', () => {
    const file = { strict: false, scenarios: [] };
    expect(parseScenarios('s.yaml', '')).toEqual({ kind: 'scenarios', file });
  });

  test('says the same as it was written', () => {
    const text = `
strict: true
scenarios:
  - name: weather
    match: { last_user_text: { regex: 'weather|rain', ignore_case: true }, turn: { min: 1 } }
    respond:
      content:
        - { type: tool_use, name: get_weather, input: { city: Lisbon } }
    then:
      - respond: { content: It is sunny., stop_reason: end_turn }
        pace: { first_token_ms: 300, tokens_per_second: 50, jitter_percent: 10 }
      - faults: [{ kind: cut, at_byte: 100 }]
`;
    expect(parseScenarios('s.yaml', text)).toMatchObject({
      kind: 'scenarios',
      file: {
        strict: true,
        // oxlint-disable-next-line unicorn/no-thenable -- a member of the file's form, and never a function
        scenarios: [{ name: 'weather', then: [{}, { faults: [{}] }] }],
      },
    });
  });

  const one = (rest: string): string => `scenarios:\n  - name: a\n    ${rest}\n`;
  test.each<[string, string, string]>([
    ['an unknown member', one('reply: hi'), 's.yaml:3: scenarios.0.reply: no such option'],
    ['no name', 'scenarios:\n  - match: {}\n', 's.yaml:2: scenarios.0.name: '],
    ['the same name twice', `${one('times: 1')}  - name: a\n`, 'two scenarios have the same name'],
    ['an answer and an error', one('respond: {}\n    error: { type: api_error }'), 'not with both'],
    [
      'an answer before the check',
      one('before_validation: true\n    respond: { content: hi }'),
      's.yaml:3: scenarios.0.before_validation: only errors',
    ],
    [
      'an answer to a count',
      one('match: { operation: messages.count_tokens }'),
      's.yaml:3: scenarios.0.match.operation: a count of tokens',
    ],
    [
      'no pattern',
      one("match: { model: { regex: '(' } }"),
      's.yaml:3: scenarios.0.match.model.regex: not a regular expression',
    ],
    [
      'no condition',
      one('match: { model: [a] }'),
      's.yaml:3: scenarios.0.match.model: write the whole text',
    ],
    ['a fault without a place', one('faults: [{ kind: cut }]'), 'give one of at_event and at_byte'],
    [
      'a fault with two',
      one('faults: [{ kind: cut, at_event: 1, at_byte: 1 }]'),
      'give one of at_event and at_byte',
    ],
    ['an unknown fault', one('faults: [{ kind: gremlin }]'), 's.yaml:3: scenarios.0.faults.0.kind'],
    [
      'an unknown block',
      one('respond: { content: [{ type: poem, text: x }] }'),
      's.yaml:3: scenarios.0.respond.content',
    ],
    ['broken YAML', 'scenarios: [', 's.yaml:1:'],
    ['a list', '- 1', 's.yaml:1: write options as'],
  ])('with %s is refused, with the line', (_name, text, said) => {
    expect(issues(text).join('\n')).toContain(said);
  });
});
