import type { OrderName, StoreOrders } from './ledger-order-runner.ts';

import { accessStatements } from './access-statements.ts';
import { contentStatements } from './exchange-contents-schema.ts';
import { gatewayStatements } from './gateway-statements.ts';
import { operatorsStatements } from './operators-statements.ts';
import { paymentStatements } from './payment-statements.ts';
import { rollupStatements } from './request-rollups.ts';
import { weekStatements } from './request-weeks.ts';
import { requestStatements } from './request-statements.ts';

const ownStatements = {
  insertBatch: `INSERT INTO batches
      (id, account, key_id, headers, status, requests, request_bytes, created_at_ms, expires_at_ms)
    SELECT ?1, ?2, ?3, ?4, 'in_progress', ?5, ?6, ?7, ?8
    WHERE (SELECT COUNT(*) < ?9 AND COALESCE(SUM(requests), 0) + ?5 <= ?10
             AND COALESCE(SUM(request_bytes), 0) + ?6 <= ?11
           FROM batches WHERE account = ?2 AND status IN ('in_progress', 'canceling'))`,
  insertBatchItem: `INSERT INTO batch_items
      (batch_id, position, custom_id, params_start, params_bytes)
    VALUES (?, ?, ?, ?, ?)`,
  recordBatchResult: `UPDATE batch_items SET outcome = ?, result_end = ?
    WHERE batch_id = ? AND position = ? AND outcome IS NULL`,
  cancelBatch: `UPDATE batches SET status = 'canceling', cancel_initiated_at_ms = ?
    WHERE id = ? AND status = 'in_progress'`,
  endBatch: `UPDATE batches SET status = 'ended', ended_at_ms = ?, results_bytes = ?,
      succeeded = ?, errored = ?, canceled = ?, expired = ?
    WHERE id = ? AND status IN ('in_progress', 'canceling')`,
  archiveBatch: `UPDATE batches SET archived_at_ms = ?
    WHERE id = ? AND status = 'ended' AND archived_at_ms IS NULL`,
  deleteBatch: `UPDATE batches SET status = 'deleted' WHERE id = ? AND status = 'ended'`,
  deleteBatchItems: `DELETE FROM batch_items WHERE (batch_id, position) IN
    (SELECT batch_id, position FROM batch_items WHERE batch_id = ? LIMIT ?)`,
  deleteOldBatches: `DELETE FROM batches WHERE sequence IN
    (SELECT sequence FROM batches
      WHERE created_at_ms < ? AND status IN ('ended', 'deleted') LIMIT ?)`,
  /** The two bounds stand in the statement: of two uploads at once, the second sees the first. */
  insertFile: `INSERT INTO files
      (file_id, account, filename, mime_type, size_bytes, digest, created_at_ms, expires_at_ms,
       downloadable)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9
    WHERE (SELECT COUNT(*) FROM files WHERE account = ?2) < ?10
      AND (SELECT COALESCE(SUM(size_bytes), 0) FROM files WHERE account = ?2 AND has_body = 1)
        + ?5 <= ?11`,
  deleteFile: `DELETE FROM files WHERE account = ? AND file_id = ?`,
  forgetFileBody: `UPDATE files SET has_body = 0 WHERE file_id = ?`,
  deleteExpiredFiles: `DELETE FROM files WHERE place IN
    (SELECT place FROM files WHERE expires_at_ms < ? AND has_body = 0 LIMIT ?)`,
  /**
   * A window that has passed gives its place to the next one of the same budget, and does not take it
   * back: what began in it may end later. A sum stays where an integer holds it with one more amount,
   * which is beyond every limit.
   */
  addGatewaySpending: `INSERT INTO gateway_spending
      (account, gateway_id, name, start_ms, end_ms, spent_nanousd)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)
    ON CONFLICT (account, gateway_id, name) DO UPDATE SET
      spent_nanousd = MIN(4000000000000000000, excluded.spent_nanousd
        + CASE WHEN start_ms = excluded.start_ms THEN spent_nanousd ELSE 0 END),
      start_ms = excluded.start_ms, end_ms = excluded.end_ms
    WHERE excluded.end_ms > gateway_spending.start_ms`,
  deleteOldGatewaySpending: `DELETE FROM gateway_spending WHERE (account, gateway_id, name) IN
    (SELECT account, gateway_id, name FROM gateway_spending WHERE end_ms < ? LIMIT ?)`,
  insertGatewayPolicy: `INSERT INTO gateway_policies
      (id, account, gateway_id, policy, created_at_ms, modified_at_ms)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6
    WHERE (SELECT COUNT(*) FROM gateway_policies WHERE account = ?2 AND gateway_id = ?3) < ?7
    ON CONFLICT DO NOTHING`,
  replaceGatewayPolicy: `UPDATE gateway_policies SET policy = ?4, created_at_ms = ?5,
      modified_at_ms = ?6 WHERE id = ?1 AND account = ?2 AND gateway_id = ?3`,
  deleteGatewayPolicy: `DELETE FROM gateway_policies
    WHERE account = ? AND gateway_id = ? AND id = ?`,
  insertDynamicRoute: `INSERT INTO dynamic_routes
      (id, account, gateway_id, name, created_at_ms, modified_at_ms)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6
    WHERE (SELECT COUNT(*) FROM dynamic_routes WHERE account = ?2 AND gateway_id = ?3) < ?7
      AND (SELECT COALESCE(SUM(octet_length(v.elements)), 0) FROM dynamic_route_versions v
        JOIN dynamic_routes r ON r.id = v.route_id
        WHERE r.account = ?2 AND r.gateway_id = ?3) + octet_length(?8) <= ?9
    ON CONFLICT DO NOTHING`,
  renameDynamicRoute: `UPDATE OR IGNORE dynamic_routes SET name = ?4, modified_at_ms = ?5
    WHERE id = ?1 AND account = ?2 AND gateway_id = ?3`,
  deleteDynamicRoute: `DELETE FROM dynamic_routes
    WHERE account = ? AND gateway_id = ? AND id = ?`,
  /** Of a route that is there: one that was removed meanwhile, or not made, gets none. */
  insertRouteVersion: `INSERT INTO dynamic_route_versions (id, route_id, elements, created_at_ms)
    SELECT ?1, ?2, ?3, ?4
    WHERE EXISTS (SELECT 1 FROM dynamic_routes WHERE id = ?2)
      AND (SELECT COUNT(*) FROM dynamic_route_versions WHERE route_id = ?2) < ?5
      AND (SELECT COALESCE(SUM(octet_length(v.elements)), 0) FROM dynamic_route_versions v
        JOIN dynamic_routes r ON r.id = v.route_id
        JOIN dynamic_routes own ON own.account = r.account AND own.gateway_id = r.gateway_id
        WHERE own.id = ?2) + octet_length(?3) <= ?6`,
  insertRouteDeployment: `INSERT INTO dynamic_route_deployments
      (id, route_id, version_id, created_at_ms)
    SELECT ?1, ?2, ?3, ?4 WHERE EXISTS (SELECT 1 FROM dynamic_routes WHERE id = ?2)`,
  touchDynamicRoute: `UPDATE dynamic_routes SET modified_at_ms = ?2 WHERE id = ?1`,
  trimRouteDeployments: `DELETE FROM dynamic_route_deployments
    WHERE route_id = ?1 AND sequence NOT IN (SELECT sequence FROM dynamic_route_deployments
      WHERE route_id = ?1 ORDER BY sequence DESC LIMIT ?2)`,
  insertProviderKey: `INSERT INTO provider_keys
      (id, account, gateway_id, provider, alias, is_default, preview, sealed, created_at_ms,
       modified_at_ms)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10
    WHERE (SELECT COUNT(*) FROM provider_keys WHERE account = ?2 AND gateway_id = ?3) < ?11
    ON CONFLICT DO NOTHING`,
  replaceProviderKey: `UPDATE OR IGNORE provider_keys SET provider = ?4, alias = ?5,
      is_default = ?6, preview = ?7, sealed = ?8, modified_at_ms = ?9
    WHERE id = ?1 AND account = ?2 AND gateway_id = ?3`,
  /** One default a provider: that of the key which is one now. */
  keepOneDefaultKey: `UPDATE provider_keys SET is_default = 0
    WHERE account = ?1 AND gateway_id = ?2 AND provider = ?3 AND id <> ?4
      AND EXISTS (SELECT 1 FROM provider_keys WHERE id = ?4 AND is_default = 1)`,
  deleteProviderKey: `DELETE FROM provider_keys
    WHERE account = ? AND gateway_id = ? AND id = ?`,
  /** The bounds of a gateway that keeps its old logs stand in the statement: no log passes them. */
  insertGatewayLog: `INSERT INTO gateway_logs
      (id, account, gateway_id, request_id, event_id, created_at_ms, duration_ms, provider, model,
       model_type, path, request_type, request_content_type, response_content_type, status_code,
       success, cached, tokens_in, tokens_out, cost, custom_cost, metadata, step, authentication,
       wholesale, compatibility, user_agent, request_bytes, response_bytes, kept_bytes,
       dlp_action, content_report)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
      ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?34, ?35
    WHERE ?31 = 'DELETE_OLDEST' OR NOT EXISTS
      (SELECT 1 FROM gateway_log_totals
        WHERE account = ?2 AND gateway_id = ?3 AND (logs >= ?32 OR bytes >= ?33))
    ON CONFLICT (id) DO NOTHING`,
  insertGatewayLogPlace: `INSERT INTO gateway_log_places (sequence, segment, start, bytes)
    SELECT sequence, ?2, ?3, ?4 FROM gateway_logs WHERE id = ?1
    ON CONFLICT (sequence) DO NOTHING`,
  /** The oldest logs of a gateway, so far as it has too many or they are too large. */
  trimGatewayLogs: `DELETE FROM gateway_logs WHERE sequence IN
    (SELECT sequence FROM
      (SELECT sequence, ROW_NUMBER() OVER oldest - 1 AS logs_before,
          SUM(kept_bytes) OVER oldest - kept_bytes AS bytes_before
        FROM (SELECT sequence, kept_bytes FROM gateway_logs
          WHERE account = ?1 AND gateway_id = ?2 ORDER BY sequence LIMIT ?5)
        WINDOW oldest AS (ORDER BY sequence))
      WHERE logs_before < (SELECT logs - ?3 FROM gateway_log_totals
          WHERE account = ?1 AND gateway_id = ?2)
        OR bytes_before < (SELECT bytes - ?4 FROM gateway_log_totals
          WHERE account = ?1 AND gateway_id = ?2))`,
  deleteOldGatewayLogs: `DELETE FROM gateway_logs WHERE sequence IN
    (SELECT sequence FROM gateway_logs WHERE created_at_ms < ? ORDER BY created_at_ms LIMIT ?)`,
  deleteGatewayLog: `DELETE FROM gateway_logs WHERE sequence = ?`,
  patchGatewayLog: `UPDATE gateway_logs SET
      feedback = CASE WHEN ?4 THEN ?5 ELSE feedback END,
      score = CASE WHEN ?6 THEN ?7 ELSE score END,
      metadata = CASE WHEN ?8 THEN ?9 ELSE metadata END
    WHERE account = ?1 AND gateway_id = ?2 AND id = ?3`,
  /** That it overlaps no other stands in the statement: of two made at once, the second sees the first. */
  insertModelPrice: `INSERT INTO model_prices
      (id, model_id, price_class, nano_usd_per_million, tier_from_input_tokens, plan_name,
       effective_from_ms, effective_to_ms, source, created_by, created_at_ms)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11
    WHERE NOT EXISTS (SELECT 1 FROM model_prices WHERE model_id = ?2 AND price_class = ?3
      AND tier_from_input_tokens = ?5 AND plan_name = ?6
      AND (?8 IS NULL OR effective_from_ms < ?8)
      AND (effective_to_ms IS NULL OR effective_to_ms > ?7))`,
  closeModelPrice: `UPDATE model_prices SET effective_to_ms = ?1
    WHERE id = ?2 AND effective_to_ms IS NULL AND effective_from_ms <= ?1`,
  forgetExpiredClaim: `DELETE FROM idempotency_records
    WHERE account = ? AND scope = ? AND key = ? AND expires_at_ms <= ?`,
  /** The bound stands in the statement, as does who comes first. */
  claimKey: `INSERT INTO idempotency_records
      (account, scope, key, fingerprint, request_id, owner, state, claimed_at_ms, expires_at_ms)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, 'running', ?7, ?8
    WHERE COALESCE((SELECT records FROM idempotency_totals WHERE account = ?1), 0) < ?9
    ON CONFLICT DO NOTHING`,
  /** Where the account has no room for the answer, it is done all the same. */
  completeClaim: `UPDATE idempotency_records SET state = 'done',
      sealed = CASE WHEN (SELECT bytes FROM idempotency_totals WHERE account = ?1) + ?6 <= ?7
        THEN ?5 END,
      sealed_bytes = CASE WHEN (SELECT bytes FROM idempotency_totals WHERE account = ?1) + ?6 <= ?7
        THEN ?6 ELSE 0 END
    WHERE account = ?1 AND scope = ?2 AND key = ?3 AND request_id = ?4 AND state = 'running'`,
  abandonClaim: `DELETE FROM idempotency_records
    WHERE account = ? AND scope = ? AND key = ? AND request_id = ? AND state = 'running'`,
  /** Of several in a row that died, the first is the one that counts. */
  noteOwnerCrashes: `INSERT INTO idempotency_crashes
      (account, scope, key, fingerprint, request_id, expires_at_ms)
    SELECT account, scope, key, fingerprint, request_id, expires_at_ms
      FROM idempotency_records WHERE state = 'running' AND owner = ?
    ON CONFLICT DO NOTHING`,
  abandonOwnerClaims: `DELETE FROM idempotency_records WHERE state = 'running' AND owner = ?`,
  forgetExpiredCrash: `DELETE FROM idempotency_crashes
    WHERE account = ? AND scope = ? AND key = ? AND expires_at_ms <= ?`,
  forgetExpiredCrashes: `DELETE FROM idempotency_crashes WHERE rowid IN
    (SELECT rowid FROM idempotency_crashes WHERE expires_at_ms <= ? LIMIT ?)`,
  forgetExpiredClaims: `DELETE FROM idempotency_records WHERE rowid IN
    (SELECT rowid FROM idempotency_records WHERE expires_at_ms <= ? LIMIT ?)`,
} as const;

export type WriteStatement =
  | keyof typeof accessStatements
  | keyof typeof contentStatements
  | keyof typeof gatewayStatements
  | keyof typeof operatorsStatements
  | keyof typeof ownStatements
  | keyof typeof paymentStatements
  | keyof typeof requestStatements
  | keyof typeof rollupStatements
  | keyof typeof weekStatements;

/** Every statement that the writer thread runs. Hand-written, parameters only. */
export const writeStatements: Readonly<Record<WriteStatement, string>> = {
  ...accessStatements,
  ...contentStatements,
  ...gatewayStatements,
  ...operatorsStatements,
  ...ownStatements,
  ...paymentStatements,
  ...requestStatements,
  ...rollupStatements,
  ...weekStatements,
};

/** A value as SQLite stores it. */
export type SqlValue = string | number | bigint | Uint8Array | null;

/** One statement with its rows; rows of one write land together or not at all with their batch. */
export interface Write {
  readonly statement: WriteStatement;
  readonly rows: readonly (readonly SqlValue[])[];
}

/** An order as it travels: its name, and what the code of that name takes. */
export interface SentOrder {
  readonly name: OrderName;
  readonly order: StoreOrders[OrderName]['order'];
}

/** What the main thread sends; `id` is answered once what it asks for is durable. */
export type WriterMessage =
  | WriteMessage
  | { readonly id: number; readonly kind: 'order'; readonly sent: SentOrder };

export interface WriteMessage {
  readonly id: number;
  readonly kind: 'writes';
  /** Land together or not at all. */
  readonly writes: readonly {
    readonly statement: WriteStatement;
    /** Rows without bytes travel as JSON text: cloning them as objects costs several times as much. */
    readonly rows: string | Write['rows'];
  }[];
}

export type WriteResult =
  | { readonly id: number; readonly kind: 'written'; readonly changes: number }
  | {
      readonly id: number;
      readonly kind: 'answered';
      readonly answer: StoreOrders[OrderName]['answer'];
    }
  | {
      readonly id: number;
      readonly kind: 'failed';
      readonly message: string;
      /** A rule of the books was about to be broken. */
      readonly isBreach?: boolean;
    };

/** What the writer thread sends back. */
export type WriterReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'results'; readonly results: readonly WriteResult[] };
