/** A transfer that a request brought about. */
export interface ExchangeTransfer {
  readonly transferId: string;
  readonly sequence: bigint;
  readonly reason: string;
  readonly debitAccount: string;
  readonly creditAccount: string;
  readonly amountNanoUsd: bigint;
  /** The account whose wallet it touches; undefined for what is between accounts of the house. */
  readonly wallet: string | undefined;
  readonly atMs: number;
}

/** What requests moved in the books. */
export interface ExchangeTransfers {
  /** In the order in which they moved it. */
  ofRequest(requestId: string): Promise<readonly ExchangeTransfer[]>;
}
