import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { StoredPolicy } from '../policy/access-policy.ts';
import type { AccessPolicyStore, GovernedGateway } from '../policy/access-policy-store.ts';
import { POLICIES_MAX } from '../policy/access-policy-store.ts';
import { isRefusal } from '../messages/errors.ts';
import { encodeAccessPolicy, readAccessPolicy } from '../policy/read-access-policy.ts';
import { isJsonObject } from '../std/json.ts';
import type { JsonValue } from '../std/json.ts';
import { StoreFault } from './open-database.ts';
import { RememberedRows } from './remembered-rows.ts';
import type { RowName } from './remembered-rows.ts';
import type { SqlValue, Write } from './statements.ts';
import type { Writer } from './writer.ts';

/** Policies of gateways in SQLite, each as it was sent; those of a gateway are read and parsed once. */
export class SqliteAccessPolicyStore implements AccessPolicyStore {
  readonly #writer: Writer;
  readonly #remembered = new RememberedRows<readonly StoredPolicy[]>();
  readonly #ofGateway: StatementSync;

  constructor(reader: DatabaseSync, writer: Writer) {
    this.#writer = writer;
    this.#ofGateway = reader.prepare(
      `SELECT id, account, gateway_id, policy, created_at_ms, modified_at_ms FROM gateway_policies
         WHERE account = ? AND gateway_id = ? ORDER BY sequence`,
    );
  }

  list({ account, gatewayId }: GovernedGateway): readonly StoredPolicy[] {
    const read = (): readonly StoredPolicy[] =>
      this.#ofGateway.all(account, gatewayId).map((row) => toStored(row));
    return this.#remembered.get({ account, id: gatewayId }, read) ?? [];
  }

  /** A gateway was removed, and its policies with it. */
  forget(gateway: RowName): void {
    this.#remembered.forget(gateway);
  }

  async insert(stored: StoredPolicy): Promise<boolean> {
    const rows = [[...toRow(stored), POLICIES_MAX]];
    return this.#change(stored, { statement: 'insertGatewayPolicy', rows });
  }

  async replace(stored: StoredPolicy): Promise<boolean> {
    const rows = [toRow(stored)];
    return this.#change(stored, { statement: 'replaceGatewayPolicy', rows });
  }

  async remove(gateway: GovernedGateway, id: string): Promise<boolean> {
    const rows = [[gateway.account, gateway.gatewayId, id]];
    return this.#change(gateway, { statement: 'deleteGatewayPolicy', rows });
  }

  #change({ account, gatewayId }: GovernedGateway, write: Write): Promise<boolean> {
    return this.#remembered.forgetAfter(
      { account, id: gatewayId },
      async () => (await this.#writer.write(write)) > 0,
    );
  }
}

function toRow(stored: StoredPolicy): readonly SqlValue[] {
  return [
    stored.id,
    stored.account,
    stored.gatewayId,
    JSON.stringify(encodeAccessPolicy(stored.policy)),
    stored.createdAtMs,
    stored.modifiedAtMs,
  ];
}

function toStored(row: Record<string, SQLOutputValue>): StoredPolicy {
  const id = String(row['id']);
  const sent = JSON.parse(String(row['policy'])) as JsonValue;
  const policy = isJsonObject(sent) ? readAccessPolicy(sent) : undefined;
  // A policy that cannot be read must not let anything pass.
  if (policy === undefined || isRefusal(policy)) {
    throw new StoreFault(`the policy ${id} cannot be read; remove it from gateway_policies`);
  }
  return {
    id,
    account: String(row['account']),
    gatewayId: String(row['gateway_id']),
    policy,
    createdAtMs: Number(row['created_at_ms']),
    modifiedAtMs: Number(row['modified_at_ms']),
  };
}
