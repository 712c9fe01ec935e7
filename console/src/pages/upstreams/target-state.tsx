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

/** Whether a target may be asked. */
export function TargetStateBadge({ state }: { readonly state: TargetState }): ReactElement {
  return <Badge tone={tones[state]}>{state}</Badge>;
}
