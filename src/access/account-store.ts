export const accountStatuses = ['open', 'closed'] as const;
export type AccountStatus = (typeof accountStatuses)[number];

/** Who owns keys, a wallet, files, batches and gateways. */
export interface AccountRecord {
  readonly id: string;
  readonly name: string;
  /** The configured plan where absent. */
  readonly planName?: string;
  /** Keys of an account that is closed do not work. */
  readonly status: AccountStatus;
  readonly createdAtMs: number;
}

/** What of an account can be changed. */
export type AccountChange = Omit<AccountRecord, 'id' | 'createdAtMs'>;

/**
 * Where accounts live. A key that was made for no account is one of its own, which has no record
 * until somebody says something of it. Writes resolve once they are durable.
 */
export interface AccountStore {
  find(id: string): AccountRecord | undefined;
  /** Newest first. */
  list(): readonly AccountRecord[];
  /** Whether there was none of this id. */
  insert(record: AccountRecord): Promise<boolean>;
  update(id: string, change: AccountChange): Promise<boolean>;
}
