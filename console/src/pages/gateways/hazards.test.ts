import { expect, test } from 'vitest';
import { blindBlocks, hazardAction, hazardRules, withHazard } from './hazards.ts';

const settings = {
  cache_ttl: 5,
  guardrails: { prompt: { S9: 'FLAG' }, response: { P1: 'BLOCK' } },
};

test('the rule of a category is shown, changed and taken away', () => {
  expect(hazardAction(settings, 'prompt', 'S9')).toBe('FLAG');
  expect(hazardAction(settings, 'response', 'S9')).toBe('');
  expect(hazardRules(settings)).toBe(2);
  const blocked = withHazard(settings, { side: 'response', category: 'S9' }, 'BLOCK');
  expect(blocked).toEqual({
    cache_ttl: 5,
    guardrails: { prompt: { S9: 'FLAG' }, response: { P1: 'BLOCK', S9: 'BLOCK' } },
  });
  const fewer = withHazard(settings, { side: 'prompt', category: 'S9' }, '');
  expect(fewer).toMatchObject({ guardrails: { prompt: {}, response: { P1: 'BLOCK' } } });
  expect(withHazard(fewer, { side: 'response', category: 'P1' }, '')).toEqual({ cache_ttl: 5 });
});

test('guardrails begin where there were none', () => {
  expect(withHazard({}, { side: 'prompt', category: 'P1' }, 'FLAG')).toEqual({
    guardrails: { prompt: { P1: 'FLAG' }, response: {} },
  });
});

test('what is blocked and cannot be found is named', () => {
  expect(blindBlocks(settings, new Set())).toEqual(['P1']);
  expect(blindBlocks(settings, new Set(['P1']))).toEqual([]);
});
