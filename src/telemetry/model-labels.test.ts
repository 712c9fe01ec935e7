import { expect, test } from 'vitest';
import { ModelLabels } from './model-labels.ts';

test('a known model has its name, any other is one', () => {
  const labels = new ModelLabels((asked) => (asked.startsWith('claude') ? 'claude' : undefined));
  expect(['claude-a', 'claude-b', 'made-up', undefined].map((name) => labels.of(name))).toEqual([
    'claude',
    'claude',
    'other',
    'none',
  ]);
});

test('there are as many names as there are, however many are made up', () => {
  const labels = new ModelLabels((asked) => asked);
  const names = Array.from({ length: 20_000 }, (_, index) => labels.of(`model-${String(index)}`));
  expect(new Set(names).size).toBe(501);
  expect(labels.of('model-0')).toBe('model-0');
});
