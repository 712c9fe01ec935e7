import { describe, expect, test } from 'vitest';
import { dataLossIn, freeName, newPolicy, withDataLoss, withText } from './data-loss-draft.ts';

const policy = { id: 'p', action: 'FLAG', check: ['REQUEST'], enabled: true, profiles: ['cards'] };

describe('rules about data', () => {
  test.each([
    ['none', {}, { isEnabled: false, policies: [], isOlder: false }],
    ['null', { dlp: null }, { isEnabled: false, policies: [], isOlder: false }],
    ['off', { dlp: { enabled: false } }, { isEnabled: false, policies: [], isOlder: false }],
    [
      'policies',
      { dlp: { enabled: true, policies: [policy] } },
      { isEnabled: true, policies: [policy], isOlder: false },
    ],
    [
      'the older form',
      { dlp: { enabled: true, action: 'BLOCK', profiles: ['cards'] } },
      {
        isEnabled: true,
        policies: [
          {
            id: 'all',
            action: 'BLOCK',
            check: ['REQUEST', 'RESPONSE'],
            enabled: true,
            profiles: ['cards'],
          },
        ],
        isOlder: true,
      },
    ],
  ])('are shown: %s', (_name, settings, draft) => {
    expect(dataLossIn(settings)).toEqual(draft);
  });

  test('that ask for nothing leave the settings', () => {
    const settings = { a: 1, dlp: { enabled: true, policies: [policy] } };
    expect(withDataLoss(settings, { isEnabled: false, policies: [] })).toEqual({ a: 1 });
    expect(withDataLoss(settings, { isEnabled: false, policies: [policy] })).toEqual({
      a: 1,
      dlp: { enabled: false, policies: [policy] },
    });
  });
});

test('a new policy has a name of its own', () => {
  expect(newPolicy([])).toMatchObject({ id: 'policy-1', profiles: [] });
  expect(newPolicy([{ id: 'policy-2' }])).toMatchObject({ id: 'policy-3' });
  expect(freeName([{ id: 'rule-3' }, { id: 'rule-1' }], 'rule')).toBe('rule-4');
});

test('a text is in or out, once', () => {
  expect(withText(['b'], 'a', true)).toEqual(['a', 'b']);
  expect(withText(['a', 'b'], 'a', true)).toEqual(['a', 'b']);
  expect(withText(['a', 'b'], 'a', false)).toEqual(['b']);
});
