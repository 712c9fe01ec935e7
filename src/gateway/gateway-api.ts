import type { HeaderMap } from '../dialects/dialect.ts';
import type { Cancellation } from '../std/cancellation.ts';
import type { BodyReader, WalkReply } from './exchange.ts';

/** A request to what is about gateways: what they are, what they logged, how they are reached. */
export interface GatewayApiRequest {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** Without its question mark; empty where there is none. */
  readonly query: string;
  readonly headers: HeaderMap;
  /** Where the caller is; absent where nobody can say. */
  readonly clientAddress?: string | undefined;
  readonly body: BodyReader;
  /** Cancelled when the caller has gone. */
  readonly cancellation: Cancellation;
}

/**
 * Answers such requests. The edge hands it those that no route of the walk takes; what it answers
 * is no exchange, unless it walks itself.
 */
export interface GatewayApi {
  /** What may be asked of a path; nothing where the path is none of its own. */
  methodsAt(path: string): readonly string[];
  /** Never rejects for what the caller does, and says of a method that is none what the others are. */
  answer(request: GatewayApiRequest): Promise<WalkReply>;
}
