import type { ReactElement } from 'react';
import type { KeyAnswer } from '../../../../src/admin/contract.ts';
import type { Tone } from '../../ui/badge.tsx';
import { Badge } from '../../ui/badge.tsx';

const tones: Readonly<Record<KeyAnswer['status'], Tone>> = {
  active: 'good',
  disabled: 'warn',
  expired: 'neutral',
  revoked: 'bad',
};

/** Whether a key works. */
export function KeyStatus({ status }: Pick<KeyAnswer, 'status'>): ReactElement {
  return <Badge tone={tones[status]}>{status}</Badge>;
}
