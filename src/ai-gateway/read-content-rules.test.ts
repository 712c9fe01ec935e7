import { describe, expect, test } from 'vitest';
import { isRefusal, refusalText } from '../messages/errors.ts';
import type { JsonValue } from '../std/json.ts';
import { readDataLoss, readGuardrails } from './read-content-rules.ts';

/** What a gateway's rules about texts may be; Workers reference §3.9. */

function told(read: object | undefined): unknown {
  return read !== undefined && isRefusal(read) ? refusalText(read) : read;
}

const policy = {
  id: 'no-cards',
  action: 'BLOCK',
  check: ['REQUEST', 'RESPONSE'],
  enabled: true,
  profiles: ['cards'],
};

describe('guardrails', () => {
  test.each<[string, JsonValue | undefined, unknown]>([
    ['none', undefined, undefined],
    ['null', null, undefined],
    ['both sides', { prompt: { S1: 'FLAG' }, response: { P1: 'BLOCK' } }, undefined],
    ['one side', { prompt: { S13: 'BLOCK' } }, { prompt: { S13: 'BLOCK' }, response: {} }],
    ['null for a category', { prompt: { S1: null } }, { prompt: {}, response: {} }],
  ])('%s', (_name, given, expected) => {
    expect(told(readGuardrails(given))).toEqual(expected ?? given ?? undefined);
  });

  test.each<[string, JsonValue]>([
    ['guardrails', 'on'],
    ['guardrails.answer', { answer: {} }],
    ['guardrails.prompt', { prompt: ['S1'] }],
    ['guardrails.prompt.S14', { prompt: { S14: 'BLOCK' } }],
    ['guardrails.prompt.toString', { prompt: { toString: 'BLOCK' } }],
    ['guardrails.response.S1', { response: { S1: 'block' } }],
  ])('%s is named where it is wrong', (place, given) => {
    expect(told(readGuardrails(given))).toMatch(`Invalid value at ${place}: `);
  });
});

describe('dlp', () => {
  test.each<[string, JsonValue | undefined, unknown]>([
    ['none', undefined, undefined],
    ['null', null, undefined],
    ['policies', { enabled: true, policies: [policy] }, undefined],
    ['no policies', { enabled: false, policies: [] }, undefined],
    ['the older form', { enabled: true, action: 'FLAG', profiles: ['a', 'b'] }, undefined],
    ['off', { enabled: false }, 'undefined'],
    [
      'what is said twice counts once',
      { enabled: true, action: 'FLAG', profiles: ['a', 'a'] },
      { enabled: true, action: 'FLAG', profiles: ['a'] },
    ],
  ])('%s', (_name, given, expected) => {
    const meant = expected === 'undefined' ? undefined : (expected ?? given ?? undefined);
    expect(told(readDataLoss(given))).toEqual(meant);
  });

  test.each<[string, JsonValue]>([
    ['dlp', []],
    ['dlp.enabled', { policies: [] }],
    ['dlp.action', { enabled: true, profiles: [] }],
    ['dlp.profiles', { enabled: true, action: 'FLAG' }],
    ['dlp.profiles.1', { enabled: true, action: 'FLAG', profiles: ['a', ''] }],
    ['dlp.action', { enabled: true, action: 'FLAG', policies: [] }],
    ['dlp.policies', { enabled: true, policies: {} }],
    ['dlp.policies.0', { enabled: true, policies: ['p'] }],
    ['dlp.policies.0.id', { enabled: true, policies: [{ ...policy, id: '' }] }],
    ['dlp.policies.1.id', { enabled: true, policies: [policy, policy] }],
    ['dlp.policies.0.action', { enabled: true, policies: [{ ...policy, action: 'LOG' }] }],
    ['dlp.policies.0.check', { enabled: true, policies: [{ ...policy, check: ['BOTH'] }] }],
    ['dlp.policies.0.enabled', { enabled: true, policies: [{ ...policy, enabled: 1 }] }],
    ['dlp.policies.0.extra', { enabled: true, policies: [{ ...policy, extra: 1 }] }],
  ])('%s is named where it is wrong', (place, given) => {
    expect(told(readDataLoss(given))).toMatch(`Invalid value at ${place}: `);
  });
});
