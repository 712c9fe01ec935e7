import type { HeaderList } from '../messages/upstream.ts';

/**
 * What became of requests that came with an idempotency key (wallet reference §8): the same again is
 * the first answer, and reaches no upstream. A key is claimed before anything is held or sent.
 */
export interface IdempotencyStore {
  claim(order: ClaimOrder): Promise<ClaimOutcome>;
  /** What claiming would come to now; claims nothing, and forgets nothing. */
  look(question: ClaimQuestion): Promise<ClaimLook>;
  /** Keeps the answer for whoever asks again; only whoever claimed can. False where the claim is gone. */
  complete(order: CompleteOrder): Promise<boolean>;
  /** Gives the key back: what failed, or was refused, may be asked again. */
  abandon(place: ClaimPlace): Promise<void>;
  /** Who has keys whose requests run, or ran when their process died. */
  runningOwners(): Promise<readonly string[]>;
  /**
   * Gives back what an owner left running, as it is dead: how many it were. Whoever claims one of them
   * again, within its time, is told of the first.
   */
  abandonOwner(owner: string): Promise<number>;
  /** Forgets what is past its time, at most `limit`: how many it were. */
  forgetExpired(atMs: number, limit: number): Promise<number>;
}

/** Where a claim stands, and whose it is. */
export interface ClaimPlace {
  readonly account: string;
  /** Method and path: the same key may be used for another thing. */
  readonly scope: string;
  readonly key: string;
  readonly requestId: string;
}

export interface ClaimOrder extends ClaimPlace {
  /** Of the body and of what else decides what is asked for. */
  readonly fingerprint: string;
  /** The process that runs it. */
  readonly owner: string;
  readonly atMs: number;
  readonly expiresAtMs: number;
}

export type ClaimOutcome =
  | {
      readonly kind: 'claimed';
      /**
       * The first request of the same kind with this key, where its process died before it was known
       * what came of it: whatever that one settled is not to be paid again.
       */
      readonly after?: string;
    }
  /** The first is not done; `requestId` is that one's. */
  | { readonly kind: 'running'; readonly requestId: string }
  | { readonly kind: 'done'; readonly requestId: string; readonly answer: KeptAnswer | undefined }
  /** The key was used for something else. */
  | { readonly kind: 'differs' }
  /** The account has as many keys as are kept for one. */
  | { readonly kind: 'full' };

/** What of an order says what it would come to. */
export type ClaimQuestion = Pick<ClaimOrder, 'account' | 'scope' | 'key' | 'fingerprint' | 'atMs'>;

/** What claiming would come to; of an answer, whether there is one to give again. */
export type ClaimLook =
  | { readonly kind: 'free' }
  | { readonly kind: 'running'; readonly requestId: string }
  | { readonly kind: 'done'; readonly requestId: string; readonly isKept: boolean }
  | { readonly kind: 'differs' }
  | { readonly kind: 'full' };

/** An answer as it was given; without it, where it was too large, a claim is only known to be done. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
}

export interface CompleteOrder extends ClaimPlace {
  /** Undefined where it is too large to be kept. */
  readonly answer: KeptAnswer | undefined;
}
