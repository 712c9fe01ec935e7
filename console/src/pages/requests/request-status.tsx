import type { ReactElement } from 'react';
import type { RequestAnswer } from '../../../../src/admin/contract.ts';
import { Badge } from '../../ui/badge.tsx';
import { describeStatus } from './describe-status.ts';

/** How a request ended, in one word and its tone. */
export function RequestStatus({
  request,
}: {
  readonly request: Pick<RequestAnswer, 'status' | 'http_status' | 'error'>;
}): ReactElement {
  const { text, tone } = describeStatus(request);
  return <Badge tone={tone}>{text}</Badge>;
}
