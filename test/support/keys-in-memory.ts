import type {
  KeyChange,
  KeyFilter,
  KeyRecord,
  KeyRotation,
  KeyStore,
} from '../../src/access/key-store.ts';

/** The port's smallest implementation: the one that the contract is read against. */
export class KeysInMemory implements KeyStore {
  readonly records: Map<string, KeyRecord> = new Map();
  lookUps = 0;
  touches = 0;

  find(publicId: string): KeyRecord | undefined {
    this.lookUps += 1;
    return this.records.get(publicId);
  }

  list({ accountId }: KeyFilter = {}): readonly KeyRecord[] {
    return [...this.records.values()].filter(
      (record) => accountId === undefined || record.accountId === accountId,
    );
  }

  insert(record: KeyRecord): Promise<void> {
    this.records.set(record.publicId, record);
    return Promise.resolve();
  }

  update(publicId: string, change: KeyChange): Promise<boolean> {
    const { scopes, modelIds, allowedCidrs, budget, rate, name, expiresAtMs } = change;
    return this.#change(publicId, ({ expiresAtMs: _before, ...record }) => ({
      ...record,
      scopes,
      modelIds,
      allowedCidrs,
      budget,
      rate,
      name,
      ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
    }));
  }

  rotate(publicId: string, { graceUntilMs, ...rotation }: KeyRotation): Promise<boolean> {
    return this.#change(publicId, (record) => ({
      ...record,
      ...rotation,
      rotated: { digest: record.digest, graceUntilMs },
    }));
  }

  setStatus(publicId: string, status: 'active' | 'disabled'): Promise<boolean> {
    if (this.records.get(publicId)?.status === status) return Promise.resolve(false);
    return this.#change(publicId, (record) => ({ ...record, status }));
  }

  revoke(publicId: string, atMs: number): Promise<boolean> {
    return this.#change(publicId, (record) => ({
      ...record,
      status: 'revoked',
      revokedAtMs: atMs,
    }));
  }

  async touch(publicId: string, atMs: number): Promise<void> {
    this.touches += 1;
    await this.#change(publicId, (record) => ({ ...record, lastUsedAtMs: atMs }));
  }

  #change(publicId: string, change: (record: KeyRecord) => KeyRecord): Promise<boolean> {
    const record = this.records.get(publicId);
    if (record === undefined || record.status === 'revoked') return Promise.resolve(false);
    this.records.set(publicId, change(record));
    return Promise.resolve(true);
  }
}
