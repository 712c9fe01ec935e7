import type { OperatorStore } from '../access/operator-store.ts';
import type { PasswordDigests } from '../access/operator-password.ts';
import type { OperatorSetupToken } from '../access/operator-setup-token.ts';
import type { SessionBook } from '../access/session-book.ts';
import type { SessionGuard } from '../access/session-guard.ts';
import type { SignInThrottle } from '../access/sign-in-throttle.ts';

/** What signing in to the console works with; only the admin listener has it. */
export interface SessionParts {
  readonly operators: OperatorStore;
  readonly book: SessionBook;
  readonly guard: SessionGuard;
  readonly digests: PasswordDigests;
  readonly throttle: SignInThrottle;
  readonly setupToken: OperatorSetupToken;
  /** The first operator is there: what showed the token goes. */
  readonly onSetUp: () => void;
  /** Where applications send their requests. */
  readonly publicUrl: () => string;
}
