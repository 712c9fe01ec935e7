import type { RequestAnswer } from '../../../../src/admin/contract.ts';
import type { Tone } from '../../ui/badge.tsx';
import { toneOfStatus } from '../../ui/badge.tsx';

/** How a request ended, as text and as what it means. */
export function describeStatus({
  status,
  http_status: code,
  error,
}: Pick<RequestAnswer, 'status' | 'http_status' | 'error'>): { text: string; tone: Tone } {
  if (status === 'running') return { text: 'Running', tone: 'info' };
  if (status === 'unresolved') return { text: 'Unresolved', tone: 'warn' };
  if (code === null)
    return { text: status === 'settled' ? 'Settled' : 'Released', tone: 'neutral' };
  if (code < 400 && error === 'client_gone') return { text: `${String(code)} left`, tone: 'warn' };
  // A stream that broke began with 200.
  if (code < 400 && error !== null) return { text: `${String(code)} broken`, tone: 'bad' };
  return { text: String(code), tone: toneOfStatus(code) };
}
