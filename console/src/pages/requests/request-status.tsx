import type { ReactElement } from 'react';
import type { RequestAnswer } from '../../../../src/admin/contract.ts';
import type { Tone } from '../../ui/badge.tsx';
import { Badge, toneOfStatus } from '../../ui/badge.tsx';

/** How a request ended, in one word and its tone. */
export function RequestStatus({
  request,
}: {
  readonly request: Pick<RequestAnswer, 'status' | 'http_status' | 'error'>;
}): ReactElement {
  const { text, tone } = describe(request);
  return <Badge tone={tone}>{text}</Badge>;
}

function describe({
  status,
  http_status: code,
  error,
}: Pick<RequestAnswer, 'status' | 'http_status' | 'error'>): { text: string; tone: Tone } {
  if (status === 'running') return { text: 'Running', tone: 'info' };
  if (status === 'unresolved') return { text: 'Unresolved', tone: 'warn' };
  if (code === null)
    return { text: status === 'settled' ? 'Settled' : 'Released', tone: 'neutral' };
  // A stream that broke began with 200.
  if (code < 400 && error !== null) return { text: `${String(code)} broken`, tone: 'bad' };
  return { text: String(code), tone: toneOfStatus(code) };
}
