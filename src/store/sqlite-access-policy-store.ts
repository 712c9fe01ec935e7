import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { StoredPolicy } from '../policy/access-policy.ts';
import type { AccessPolicyStore, GovernedGateway } from '../policy/access-policy-store.ts';
import { POLICIES_MAX } from '../policy/access-policy-store.ts';
import { isRefusal } from '../messages/errors.ts';
import { encodeAccessPolicy, readAccessPolicy } from '../policy/read-access-policy.ts';
import { isJsonObject } from '../std/json.ts';
import type { JsonValue } from '../std/json.ts';
import { StoreFault } from './open-database.ts';
import type { SqlValue } from './statements.ts';
import type { Writer } from './writer.ts';

/** Policies of gateways in SQLite, each as it was sent. */
export class SqliteAccessPolicyStore implements AccessPolicyStore {
  readonly #writer: Writer;
  readonly #ofGateway: StatementSync;

  constructor(reader: DatabaseSync, writer: Writer) {
    this.#writer = writer;
    this.#ofGateway = reader.prepare(
      `SELECT id, account, gateway_id, policy, created_at_ms, modified_at_ms FROM gateway_policies
         WHERE account = ? AND gateway_id = ? ORDER BY sequence`,
    );
  }

  list({ account, gatewayId }: GovernedGateway): readonly StoredPolicy[] {
    return this.#ofGateway.all(account, gatewayId).map((row) => toStored(row));
  }

  async insert(stored: StoredPolicy): Promise<boolean> {
    const rows = [[...toRow(stored), POLICIES_MAX]];
    return (await this.#writer.write({ statement: 'insertGatewayPolicy', rows })) > 0;
  }

  async replace(stored: StoredPolicy): Promise<boolean> {
    const rows = [toRow(stored)];
    return (await this.#writer.write({ statement: 'replaceGatewayPolicy', rows })) > 0;
  }

  async remove({ account, gatewayId }: GovernedGateway, id: string): Promise<boolean> {
    const rows = [[account, gatewayId, id]];
    return (await this.#writer.write({ statement: 'deleteGatewayPolicy', rows })) > 0;
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
