/** What an upstream does with an attempt. */
export const upstreamKinds = [
  'answers',
  'connect-refused',
  'reset-before-head',
  'first-byte-timeout',
  'reset-after-head',
  'stalls',
  'ends-early',
  'breaks-off',
  'error-event-first',
  'error-event-later',
  'malformed-frame',
  'html-with-200',
  'status-400',
  'status-401',
  'status-429',
  'status-429-with-wait',
  'status-500',
  'status-503',
  'status-529',
  'usage-missing',
  'usage-zero',
  'usage-above-hold',
  'usage-odd',
  'says-nothing',
  'goes-on-after-end',
] as const;
export type UpstreamKind = (typeof upstreamKinds)[number];

/** What the store does with an order. */
export const storeKinds = [
  'in-time',
  'slow',
  'rejects',
  'loses-answer',
  'crash-before-commit',
  'crash-after-commit',
] as const;
export type StoreKind = (typeof storeKinds)[number];

/** Faults that belong to no single order or attempt. */
export const otherFaults = [
  'store-outage',
  'store-read-failed',
  'crash-any-time',
  'restart',
  'client-leaves-early',
  'client-leaves-in-stream',
  'client-stops-reading',
  'connection-refused',
  'order-replayed',
  'machine-sleeps',
] as const;
export type OtherFault = (typeof otherFaults)[number];

/** What operators do in between. */
export const operatorKinds = [
  'top-up',
  'grant',
  'refund',
  'correction',
  'freeze',
  'revoke-key',
  'change-price',
] as const;
export type OperatorKind = (typeof operatorKinds)[number];

export type Happening =
  | `upstream ${UpstreamKind}`
  | `store ${StoreKind}`
  | OtherFault
  | `operator ${OperatorKind}`
  | `billed ${string}`
  | `form ${string}`;

const harmless: ReadonlySet<string> = new Set(['upstream answers', 'store in-time']);

/** Counts what happened, so that a run which has met nothing does not pass for a good one. */
export class Coverage {
  readonly counts: Map<Happening, number> = new Map();

  note(happening: Happening, times = 1): void {
    this.counts.set(happening, (this.counts.get(happening) ?? 0) + times);
  }

  count(happening: Happening): number {
    return this.counts.get(happening) ?? 0;
  }

  add(other: Coverage): void {
    for (const [happening, times] of other.counts) this.note(happening, times);
  }

  /** All that went wrong on purpose. */
  get faults(): number {
    let total = 0;
    for (const [happening, times] of this.counts) {
      const isOrdinary = /^(?:operator|billed|form) /.test(happening) || harmless.has(happening);
      if (!isOrdinary) total += times;
    }
    return total;
  }
}
