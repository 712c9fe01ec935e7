import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { Backoff } from '../ai-gateway-form/gateway-call.ts';
import type { ContentRules } from '../policy/content-rules.ts';
import type {
  GatewayPolicy,
  GatewayRateLimit,
  GatewayRetry,
  LogManagementStrategy,
} from '../policy/gateway-policy.ts';
import type { FoundGateways, GatewaySearch, GatewayStore } from '../policy/gateway-store.ts';
import { GATEWAYS_MAX } from '../policy/gateway-store.ts';
import type { SpendLimits } from '../policy/spend-limits.ts';
import { RememberedRows } from './remembered-rows.ts';
import type { RowName } from './remembered-rows.ts';
import type { SqlValue, Write } from './statements.ts';
import type { Writer } from './writer.ts';

interface GatewayRow {
  readonly account: string;
  readonly id: string;
  readonly cache_ttl_seconds: number | null;
  readonly cache_invalidates: number;
  readonly collect_logs: number;
  readonly rate_limit: number | null;
  readonly rate_interval_seconds: number | null;
  readonly rate_technique: GatewayRateLimit['technique'] | null;
  readonly retry_attempts: number | null;
  readonly retry_delay_ms: number | null;
  readonly retry_backoff: Backoff | null;
  readonly authentication: number;
  readonly byok_only: number;
  readonly log_management: number | null;
  readonly log_management_strategy: LogManagementStrategy;
  readonly is_default: number;
  readonly created_at_ms: number;
  readonly modified_at_ms: number;
  /** JSON; null where there are none. */
  readonly content_rules: string | null;
  readonly spend_limits: string | null;
}

/** Which part of all gateways is wanted. */
export interface GatewaysBehind {
  /** The first ones where absent. */
  readonly after?: RowName | undefined;
  readonly account?: string | undefined;
  readonly limit: number;
}

/** An empty text is in every name. */
const SEARCHED = 'account = ? AND instr(lower(id), lower(?)) > 0';

/**
 * Gateways in SQLite: reads on the caller's connection, writes through the writer thread. Every
 * request through one asks for it, so what was read is remembered.
 */
export class SqliteGatewayStore implements GatewayStore {
  readonly #writer: Writer;
  readonly #onRemoved: (gateway: RowName) => void;
  readonly #remembered = new RememberedRows<GatewayPolicy>();
  readonly #one: StatementSync;
  readonly #ofAccount: StatementSync;
  readonly #found: StatementSync;
  readonly #behind: StatementSync;

  /** What belongs to a gateway goes with it: `onRemoved` is told of each that may be gone. */
  constructor(reader: DatabaseSync, writer: Writer, onRemoved: (gateway: RowName) => void) {
    this.#writer = writer;
    this.#onRemoved = onRemoved;
    this.#one = reader.prepare('SELECT * FROM gateways WHERE account = ? AND id = ?');
    this.#ofAccount = reader.prepare(
      `SELECT * FROM gateways WHERE ${SEARCHED} ORDER BY created_at_ms, id LIMIT ? OFFSET ?`,
    );
    this.#behind = reader.prepare(
      'SELECT * FROM gateways WHERE (account, id) > (?, ?) AND account = ifnull(?, account) ORDER BY account, id LIMIT ?',
    );
    this.#found = reader.prepare(`SELECT COUNT(*) AS count FROM gateways WHERE ${SEARCHED}`);
  }

  find(account: string, id: string): GatewayPolicy | undefined {
    return this.#remembered.get({ account, id }, () => {
      const row = this.#one.get(account, id);
      return row === undefined ? undefined : toPolicy(row);
    });
  }

  list(account: string, { search, limit, offset }: GatewaySearch): FoundGateways {
    const rows = this.#ofAccount.all(account, search, limit, offset);
    const count = Number(this.#found.get(account, search)?.['count']);
    return { gateways: rows.map((row) => toPolicy(row)), count };
  }

  /** Those of all accounts, or of one, behind a name, in the order of names. */
  behind({ after, account, limit }: GatewaysBehind): readonly GatewayPolicy[] {
    const { account: afterAccount, id: afterId } = after ?? { account: '', id: '' };
    const rows = this.#behind.all(afterAccount, afterId, account ?? null, limit);
    return rows.map((row) => toPolicy(row));
  }

  async insert(policy: GatewayPolicy): Promise<boolean> {
    const rows = [[...toRow(policy), GATEWAYS_MAX]];
    return this.#remembered.forgetAfter(
      policy,
      async () => (await this.#writer.write({ statement: 'insertGateway', rows })) > 0,
    );
  }

  async replace(policy: GatewayPolicy, before?: GatewayPolicy): Promise<boolean> {
    const write: Write =
      before === undefined
        ? { statement: 'replaceGateway', rows: [toRow(policy)] }
        : { statement: 'replaceSameGateway', rows: [[...toRow(policy), ...whatItSays(before)]] };
    return this.#remembered.forgetAfter(policy, async () => (await this.#writer.write(write)) > 0);
  }

  async remove(account: string, id: string, before?: GatewayPolicy): Promise<boolean> {
    const write: Write =
      before === undefined
        ? { statement: 'deleteGateway', rows: [[account, id]] }
        : { statement: 'deleteSameGateway', rows: [[account, id, ...whatItSays(before)]] };
    try {
      return await this.#remembered.forgetAfter(
        { account, id },
        async () => (await this.#writer.write(write)) > 0,
      );
    } finally {
      this.#onRemoved({ account, id });
    }
  }
}

function toRow(policy: GatewayPolicy): readonly SqlValue[] {
  const { account, id, createdAtMs, modifiedAtMs } = policy;
  const [settings, rules] = [settingColumns(policy), ruleColumns(policy)];
  return [account, id, ...settings, createdAtMs, modifiedAtMs, ...rules];
}

/** All but its name and when it was written last: the same settings sent again change nothing. */
function whatItSays(policy: GatewayPolicy): readonly SqlValue[] {
  return [...settingColumns(policy), policy.createdAtMs, ...ruleColumns(policy)];
}

function settingColumns(policy: GatewayPolicy): readonly SqlValue[] {
  const { rateLimit, retry } = policy;
  return [
    policy.cacheTtlSeconds,
    Number(policy.cacheInvalidateOnUpdate),
    Number(policy.collectLogs),
    rateLimit?.limit ?? null,
    rateLimit?.intervalSeconds ?? null,
    rateLimit?.technique ?? null,
    retry?.maxAttempts ?? null,
    retry?.delayMs ?? null,
    retry?.backoff ?? null,
    Number(policy.authentication),
    Number(policy.byokOnly),
    policy.logManagement,
    policy.logManagementStrategy,
    Number(policy.isDefault),
  ];
}

function ruleColumns(policy: GatewayPolicy): readonly SqlValue[] {
  return [storedContentRules(policy), fromSpendLimits(policy)];
}

function toPolicy(stored: Record<string, SQLOutputValue>): GatewayPolicy {
  const row = stored as unknown as GatewayRow;
  return {
    account: row.account,
    id: row.id,
    cacheTtlSeconds: row.cache_ttl_seconds,
    cacheInvalidateOnUpdate: row.cache_invalidates === 1,
    collectLogs: row.collect_logs === 1,
    rateLimit: toRateLimit(row),
    retry: toRetry(row),
    authentication: row.authentication === 1,
    byokOnly: row.byok_only === 1,
    logManagement: row.log_management,
    logManagementStrategy: row.log_management_strategy,
    isDefault: row.is_default === 1,
    createdAtMs: row.created_at_ms,
    modifiedAtMs: row.modified_at_ms,
    content: toContentRules(row),
    ...toSpendLimits(row),
  };
}

function storedContentRules({ content }: GatewayPolicy): string | null {
  const hasRules = content.guardrails !== undefined || content.dataLoss !== undefined;
  return hasRules ? JSON.stringify(content) : null;
}

/** What was written is what was read of a request: it is not read again. */
function toContentRules({ content_rules: stored }: GatewayRow): ContentRules {
  const { guardrails, dataLoss } = (
    stored === null ? {} : JSON.parse(stored)
  ) as Partial<ContentRules>;
  return { guardrails, dataLoss };
}

function fromSpendLimits({ spendLimits }: GatewayPolicy): string | null {
  return spendLimits === undefined ? null : JSON.stringify(spendLimits);
}

function toSpendLimits({ spend_limits: stored }: GatewayRow): Pick<GatewayPolicy, 'spendLimits'> {
  return stored === null ? {} : { spendLimits: JSON.parse(stored) as SpendLimits };
}

function toRateLimit(row: GatewayRow): GatewayRateLimit | undefined {
  const { rate_limit: limit, rate_interval_seconds: intervalSeconds, rate_technique } = row;
  if (limit === null || intervalSeconds === null || rate_technique === null) return undefined;
  return { limit, intervalSeconds, technique: rate_technique };
}

function toRetry(row: GatewayRow): GatewayRetry | undefined {
  const { retry_attempts: maxAttempts, retry_delay_ms: delayMs, retry_backoff: backoff } = row;
  if (maxAttempts === null || delayMs === null || backoff === null) return undefined;
  return { maxAttempts, delayMs, backoff };
}
