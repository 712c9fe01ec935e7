/** One request as its account paid for it. */
export interface SettledCharge {
  /** Its place among the holds. */
  readonly place: number;
  readonly requestId: string;
  readonly keyId: string;
  readonly chargedNanoUsd: bigint;
  readonly settledAtMs: number;
  /** What the hold said of the request, and what was charged for: JSON text. */
  readonly memo: string;
  readonly charge: string;
}

export interface ChargePage {
  readonly account: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Where the page goes on: behind this charge. */
  readonly after?: Pick<SettledCharge, 'settledAtMs' | 'place'> | undefined;
  readonly limit: number;
}

/** What accounts paid for requests, for invoices. */
export interface ChargeReads {
  /** In the order in which they were settled. */
  settled(page: ChargePage): Promise<readonly SettledCharge[]>;
  /** All that an account paid before a moment. */
  chargedBefore(account: string, atMs: number): Promise<bigint>;
}
