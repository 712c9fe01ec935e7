import type { Refusal } from '../messages/errors.ts';
import type { UpstreamAnswer } from '../messages/upstream.ts';
import type { DecodedExchange } from './exchange.ts';

/** Who keeps batches and files for the gateway's accounts, where no upstream does. */
export interface AccountResources {
  readonly name: string;
  /** Serves one of `accountOperations`. The body of `files.create` is still to be read. */
  serve(exchange: DecodedExchange): Promise<UpstreamAnswer | Refusal>;
}
