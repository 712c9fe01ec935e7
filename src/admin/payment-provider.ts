import type { HeaderMap } from '../dialects/dialect.ts';
import type { Refusal } from '../messages/errors.ts';

/** What a payment processor said of a payment, in no processor's own words. */
export type PaymentEvent =
  /** Money that has settled; wallet reference §4.7. */
  | (EventHead & {
      readonly kind: 'paid';
      readonly amountNanoUsd: bigint;
      /** What the payment was begun for, by the id that this gateway gave it. */
      readonly intentId: string | undefined;
    })
  /** Money that the processor gave back so far, all of it together. */
  | (EventHead & { readonly kind: 'refunded'; readonly refundedNanoUsd: bigint })
  /** Money that the payer's bank took back. */
  | (EventHead & {
      readonly kind: 'disputed';
      readonly disputeId: string;
      readonly amountNanoUsd: bigint;
    });

interface EventHead {
  /** The processor's id of the event, which it may send again. */
  readonly eventId: string;
  /** The processor's id of the payment: what is credited once, whatever events say so. */
  readonly paymentId: string;
}

export type ReadEvent =
  | { readonly kind: 'event'; readonly event: PaymentEvent }
  /** Of no concern here: processors send more than was asked for. */
  | { readonly kind: 'ignored'; readonly type: string }
  /** About money, but not as this gateway takes it; in words. */
  | {
      readonly kind: 'unusable';
      readonly eventId: string;
      readonly type: string;
      readonly why: string;
    };

/** A payment processor as far as it tells us what was paid. Nothing here asks it anything. */
export interface PaymentProvider {
  readonly name: string;
  /** Checks who says it before it is parsed; what nobody signed is refused. */
  readEvent(body: Uint8Array, headers: HeaderMap, atMs: number): ReadEvent | Refusal;
}
