import { useMemo } from 'react';
import { useNow } from '../../ui/use-now.ts';
import type { CountedTime, RangeName } from './overview-range.ts';
import { timeOf } from './overview-range.ts';

/** What a range means now: goes on with the clock, and stays the same object in between. */
export function useCountedTime(range: RangeName): CountedTime {
  const nowMs = useNow();
  const { to } = timeOf(range, nowMs);
  // oxlint-disable-next-line react/exhaustive-deps -- a step that has ended makes another time, a moment does not
  return useMemo(() => timeOf(range, nowMs), [range, to]);
}
