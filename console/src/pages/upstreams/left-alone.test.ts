import { expect, test } from 'vitest';
import type { TargetState } from '../../../../src/admin/contract-operations.ts';
import { leftAloneOf } from './left-alone.ts';

test.each<[readonly TargetState[], string | undefined, boolean | undefined]>([
  [[], undefined, undefined],
  [['free', 'free'], undefined, undefined],
  [['free', 'open'], '1 of 2 targets left alone', false],
  [['open'], 'left alone', true],
  [['paused', 'half-open', 'open'], 'all targets left alone', true],
])('%j', (states, text, isAll) => {
  const said = leftAloneOf(states.map((state) => ({ state })));
  expect([said?.text, said?.isAll]).toEqual([text, isAll]);
});
