import type { ErrorCode } from '../messages/errors.ts';
import type { TransportFailure } from './transport.ts';

/** What a caller is told where an upstream gave no answer. */
export const failureCodes: Readonly<Record<TransportFailure['reason'], ErrorCode>> = {
  'connect-failed': 'upstream_failed',
  'connect-timeout': 'upstream_timeout',
  'first-byte-timeout': 'upstream_timeout',
  'idle-timeout': 'upstream_timeout',
  cut: 'upstream_failed',
  malformed: 'upstream_failed',
  redirected: 'upstream_failed',
  'too-many-connections': 'overloaded',
  cancelled: 'upstream_failed',
};
