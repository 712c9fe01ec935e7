/**
 * Who changed what, in a log that only grows and whose entries are chained by hashes. Secrets have no
 * place in it: whoever makes an entry leaves them out.
 */
export interface AuditTrail {
  /** Its place in the log, once it is durable. */
  append(entry: AuditEntry): Promise<bigint>;
  /** Newest first. */
  list(page: AuditPage): Promise<readonly AuditRecord[]>;
  /** Recomputes the chain; no problems where it is sound. */
  verify(onRead?: OnRead): Promise<AuditCheck>;
}

export interface AuditEntry {
  readonly atMs: number;
  /** Who did it: a key's name, `cli`, a payment provider. */
  readonly actor: string;
  readonly keyId?: string;
  /** The address that it came from. */
  readonly address?: string;
  readonly requestId?: string;
  /** What was done, as `wallet.top_up` or `key.revoke`. */
  readonly action: string;
  /** Whose it is; absent for what belongs to no account. */
  readonly account?: string;
  /** What it was done to: the id of a key, a plan, a transfer. */
  readonly subject: string;
  readonly reason?: string;
  /** How it was before and is now: JSON text without secrets. */
  readonly before?: string;
  readonly after?: string;
}

export interface AuditRecord extends AuditEntry {
  readonly sequence: bigint;
}

export interface AuditPage {
  readonly account?: string;
  /** The sequence number that the page comes before; the newest where absent. */
  readonly before?: bigint;
  readonly limit: number;
}

export interface AuditCheck {
  readonly entries: number;
  /** The hash that the chain ends with. */
  readonly head: string;
  /** What does not fit, in words; empty where the log is sound. */
  readonly problems: readonly string[];
}

/** Told now and then how many rows a verification has read, of how many. */
export type OnRead = (rows: number, total: number) => void;
