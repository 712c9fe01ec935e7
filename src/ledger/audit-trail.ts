/**
 * Who changed what, in a log that only grows and whose entries are chained by hashes. Secrets have no
 * place in it: whoever makes an entry leaves them out.
 */
export interface AuditTrail {
  /** Its place in the log, once it is durable. */
  append(entry: AuditEntry): Promise<bigint>;
  /** Newest first. Looks at a bounded number of entries: few of them fitting, a page is short. */
  list(page: AuditPage): Promise<AuditFound>;
  /** What the newest entries name, for whoever chooses what to look for. */
  names(): Promise<AuditNames>;
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

/** Each member that is there narrows it further. */
export interface AuditPage {
  readonly account?: string | undefined;
  /** A whole action such as `key.revoke`, or `key` for everything that was done to keys. */
  readonly action?: string | undefined;
  /** Who did it, as it stands there, or their kind alone: `operator` for all who were signed in. */
  readonly actor?: string | undefined;
  readonly keyId?: string | undefined;
  readonly subject?: string | undefined;
  /** From this moment on. */
  readonly fromMs?: number | undefined;
  /** Before this one. */
  readonly toMs?: number | undefined;
  /** The entry that the page comes behind; the newest where absent. */
  readonly after?: AuditPlace | undefined;
  readonly limit: number;
}

/** Where a list of entries goes on: behind this one. */
export interface AuditPlace {
  readonly atMs: number;
  readonly sequence: bigint;
}

/** A page of the log. */
export interface AuditFound {
  readonly records: readonly AuditRecord[];
  /** How far was looked, where that is not the end: there may be more behind it. */
  readonly lookedTo: AuditPlace | undefined;
}

/** Each name once, in the order of letters. */
export interface AuditNames {
  readonly actions: readonly string[];
  readonly actors: readonly string[];
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
