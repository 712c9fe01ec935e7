import type { ReactElement } from 'react';
import type { TargetState } from '../../../../src/admin/contract-operations.ts';
import type { Tone } from '../../ui/badge.tsx';
import { Badge } from '../../ui/badge.tsx';

const tones: Readonly<Record<TargetState, Tone>> = {
  free: 'good',
  'half-open': 'warn',
  open: 'bad',
  paused: 'warn',
};

const meanings: Readonly<Record<TargetState, string>> = {
  free: 'It gets requests.',
  'half-open': 'One request finds out whether it is back.',
  open: 'It failed too often: its breaker leaves it alone.',
  paused: 'It asked to be left alone for a while, or refused the credential.',
};

/** Whether a target may be asked. */
export function TargetStateBadge({ state }: { readonly state: TargetState }): ReactElement {
  return (
    <span title={meanings[state]}>
      <Badge tone={tones[state]}>{state}</Badge>
    </span>
  );
}
