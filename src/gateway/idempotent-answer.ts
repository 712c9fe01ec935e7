import type { ClaimOutcome, ClaimPlace, KeptAnswer } from '../ledger/idempotency-store.ts';
import type { IdempotencyStore } from '../ledger/idempotency-store.ts';
import type { Refusal } from '../messages/errors.ts';
import { unreachable } from '../std/assert.ts';
import type { Cancellation } from '../std/cancellation.ts';
import type { Walk, WalkReply, WalkRequest } from './exchange.ts';
import type { IdempotentAsk } from './idempotent-ask.ts';
import { keysUnavailable, refuseTaken } from './idempotent-refusals.ts';
import { keptHeaders } from './idempotent-repeat.ts';
import type { IdempotentRun, IdempotentRuns } from './idempotent-runs.ts';
import { IdempotentTap } from './idempotent-tap.ts';
import type { Settlement } from './settle-request.ts';

/** What it takes to answer requests with an idempotency key. */
export interface Idempotency {
  readonly store: IdempotencyStore;
  /** This process, for the next one to know its claims by. */
  readonly owner: string;
  readonly runs: IdempotentRuns;
  /** Largest answer that is kept. */
  readonly answerBytesMax: () => number;
}

/** A request with an idempotency key, and what answers it. */
export interface IdempotentCall {
  readonly walk: Pick<Walk, 'idempotency' | 'log' | 'clock'>;
  readonly ask: IdempotentAsk;
  readonly account: string;
  readonly requestId: string;
  /** Cancelled when the caller has gone. */
  readonly cancellation: Cancellation;
  readonly run: (as: IdempotentRequest) => Promise<WalkReply>;
}

/** What differs of a request that is run once, whether its caller waits for it or not. */
export type IdempotentRequest = Pick<WalkRequest, 'cancellation' | 'onSettled' | 'settlesAs'>;

export type IdempotentOutcome =
  | { readonly kind: 'served'; readonly reply: WalkReply }
  /** It was answered before. */
  | { readonly kind: 'kept'; readonly answer: KeptAnswer }
  | Refusal;

const KEPT_MS = 86_400_000;
const REFUSED_FROM = 400;

/**
 * Answers a request with an idempotency key once: the same again within 24 hours is its answer, to the
 * byte, and reaches no upstream. The key is claimed before anything is held, and is given back where
 * no whole answer came of it. Wallet reference §8.
 */
export async function answerIdempotently(call: IdempotentCall): Promise<IdempotentOutcome> {
  const { idempotency } = call.walk;
  if (idempotency === undefined) return keysUnavailable();
  const { account, ask, requestId } = call;
  const place: ClaimPlace = { account, scope: ask.scope, key: ask.key, requestId };
  const outcome = await claim(call, idempotency, place);
  switch (outcome?.kind) {
    case undefined:
      return keysUnavailable();
    case 'claimed':
      return { kind: 'served', reply: await runClaimed(call, { idempotency, place, ...outcome }) };
    case 'done':
      return outcome.answer === undefined
        ? refuseTaken('not_kept')
        : { kind: 'kept', answer: outcome.answer };
    case 'running':
    case 'differs':
    case 'full':
      return refuseTaken(outcome.kind);
    default:
      return unreachable(outcome);
  }
}

/** Undefined where the store does not take it: then nothing may run. */
async function claim(
  { walk, ask: { fingerprint } }: IdempotentCall,
  { store, owner }: Idempotency,
  place: ClaimPlace,
): Promise<ClaimOutcome | undefined> {
  const atMs = walk.clock.wallMs();
  try {
    return await store.claim({
      ...place,
      fingerprint,
      owner,
      atMs,
      expiresAtMs: atMs + KEPT_MS,
    });
  } catch (error) {
    const { requestId } = place;
    walk.log.error('idempotency_claim_failed', { requestId, reason: String(error) });
    return undefined;
  }
}

async function runClaimed(
  call: IdempotentCall,
  { idempotency, place, after }: ClaimedPlace,
): Promise<WalkReply> {
  const run = idempotency.runs.begin(call.cancellation);
  const claimed = new Claimed({ call, idempotency, place, run });
  try {
    const reply = await call.run({
      cancellation: run.work,
      settlesAs: after,
      onSettled: (settlement) => {
        claimed.settled(settlement);
      },
    });
    const { body } = reply;
    if (!(body instanceof Uint8Array)) return { ...reply, body: claimed.tap(reply, body) };
    await claimed.close(reply, { isWhole: true, bytes: body });
    return reply;
  } catch (error) {
    await claimed.giveBack();
    throw error;
  }
}

interface ClaimedPlace {
  readonly idempotency: Idempotency;
  readonly place: ClaimPlace;
  /** The request whose place this one takes, since its process died. */
  readonly after?: string;
}

interface ClaimedParts {
  readonly call: IdempotentCall;
  readonly idempotency: Idempotency;
  readonly place: ClaimPlace;
  readonly run: IdempotentRun;
}

/** A key that is this request's until it is known what came of it. */
class Claimed {
  readonly #parts: ClaimedParts;
  #isFaultless = true;

  constructor(parts: ClaimedParts) {
    this.#parts = parts;
  }

  /** An answer that broke, was cut or was left is not the one that was asked for. */
  settled({ errorCode }: Settlement): void {
    this.#isFaultless = errorCode === undefined;
  }

  tap(reply: WalkReply, source: Exclude<WalkReply['body'], Uint8Array>): IdempotentTap {
    const { run, idempotency } = this.#parts;
    return new IdempotentTap(source, {
      run,
      bytesMax: idempotency.answerBytesMax(),
      onOver: (end) => this.close(reply, end),
    });
  }

  /** Keeps what is whole, for whoever asks again; everything else may be asked anew. Does not reject. */
  async close(
    { status, headers }: Pick<WalkReply, 'status' | 'headers'>,
    { isWhole, bytes }: { readonly isWhole: boolean; readonly bytes: Uint8Array | undefined },
  ): Promise<void> {
    const { idempotency, place, run } = this.#parts;
    const isAnswer = status < REFUSED_FROM && isWhole && this.#isFaultless;
    if (!isAnswer) return this.giveBack();
    const isKept = bytes !== undefined && bytes.length <= idempotency.answerBytesMax();
    const answer = isKept ? { status, headers: keptHeaders(headers), body: bytes } : undefined;
    await this.#written('idempotency_answer_not_kept', () =>
      idempotency.store.complete({ ...place, answer }),
    );
    run.end();
  }

  async giveBack(): Promise<void> {
    const { idempotency, place, run } = this.#parts;
    await this.#written('idempotency_key_not_given_back', () => idempotency.store.abandon(place));
    run.end();
  }

  /** What the store does not take stays claimed, until the next start or for 24 hours. */
  async #written(event: string, write: () => Promise<unknown>): Promise<void> {
    const { call, place } = this.#parts;
    try {
      await write();
    } catch (error) {
      const { requestId } = place;
      call.walk.log.error(event, { requestId, reason: String(error) });
    }
  }
}
