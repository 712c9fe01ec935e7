import type { ReactElement } from 'react';
import type { RequestAnswer } from '../../../src/admin/contract.ts';

/** One request to the gateway. */
export interface Ask {
  /** Of the public listener. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** How the playground reaches the gateway: with a key of its user, or with a session. */
export interface Transport {
  /** Why nothing can be asked now; undefined where it can. */
  readonly lacks: string | undefined;
  /** Where programs ask: it stands in code. */
  readonly publicUrl: string;
  /** Names of those of which one may be chosen to answer; absent where a caller cannot choose. */
  readonly upstreams?: readonly string[];
  readonly send: (ask: Ask) => Promise<Response>;
  /** What the gateway knows of a request once it is over. */
  readonly requestOf: (id: string, signal: AbortSignal) => Promise<RequestAnswer>;
  /** A link to where more is to be seen of a request; absent where nothing is. */
  readonly linkTo?: (id: string) => ReactElement;
}
