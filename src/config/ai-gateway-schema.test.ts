import { describe, expect, test } from 'vitest';
import { parseConfig } from './parse-config.ts';
import { issueText } from './yaml-issues.ts';

function read(yaml: string): unknown {
  const parsed = parseConfig({ file: { name: 'q.yaml', text: yaml }, env: {}, flags: {} });
  return parsed.kind === 'config'
    ? parsed.config.ai_gateway
    : parsed.issues.map((issue) => issueText(issue)).join('\n');
}

describe('what gateways look for', () => {
  test('nothing where nothing is described', () => {
    expect(read('')).toEqual({ guardrails: { patterns: {} }, dlp_profiles: {} });
  });

  test('patterns of categories, profiles with entries', () => {
    const yaml = `ai_gateway:
  guardrails: { patterns: { S13: ['a|b'], P1: ['(?i)x'] } }
  dlp_profiles: { staff: { name: Staff, entries: { a: { pattern: 'E-\\d+' }, b: { detector: iban } } } }`;
    expect(read(yaml)).toEqual({
      guardrails: { patterns: { S13: ['a|b'], P1: ['(?i)x'] } },
      dlp_profiles: {
        staff: { name: 'Staff', entries: { a: { pattern: 'E-\\d+' }, b: { detector: 'iban' } } },
      },
    });
  });

  test.each<[string, string, RegExp]>([
    [
      'a category that is none',
      '{ guardrails: { patterns: { S14: [a] } } }',
      /patterns\.S14: Invalid key/,
    ],
    [
      'a pattern that looks ahead',
      "{ guardrails: { patterns: { S1: ['a(?=b)'] } } }",
      /q\.yaml:1.*not a pattern that is taken here: a group that begins with \(\?/,
    ],
    [
      'a detector that there is not',
      '{ dlp_profiles: { x: { name: X, entries: { a: { detector: dna } } } } }',
      /an entry has either a pattern or a detector that there is/,
    ],
    ['a category without patterns', '{ guardrails: { patterns: { S1: [] } } }', /S1/],
  ])('%s is refused', (_name, yaml, message) => {
    expect(read(`ai_gateway: ${yaml}`)).toMatch(message);
  });
});
