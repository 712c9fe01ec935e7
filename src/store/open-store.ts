import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { KeyStore } from '../access/key-store.ts';
import { systemClock } from '../std/clock.ts';
import { systemRandom } from '../std/random.ts';
import { Secret } from '../std/secret.ts';
import { StoreFault, integrityProblems, migrate, openDatabase } from './open-database.ts';
import { DiskBatchFiles } from './disk-batch-files.ts';
import { DiskFileBodies } from './disk-file-bodies.ts';
import type { ReaderOptions } from './background-reader.ts';
import { BackgroundReader } from './background-reader.ts';
import { GatewayLogReads } from './gateway-log-reads.ts';
import { SecretSealer } from './seal-secret.ts';
import { SqliteAccessPolicyStore } from './sqlite-access-policy-store.ts';
import { OperatorsInSqlite } from './operators-in-sqlite.ts';
import { OperatorsSessions } from './operators-sessions.ts';
import { OwnerLocks } from './owner-locks.ts';
import { SqliteAccountStore } from './sqlite-account-store.ts';
import { SqliteAuditLog } from './sqlite-audit-log.ts';
import { SqliteBatchStore } from './sqlite-batch-store.ts';
import { SqliteChargeReads } from './sqlite-charge-reads.ts';
import { SqliteFileRows } from './sqlite-file-rows.ts';
import { SqliteGatewayStore } from './sqlite-gateway-store.ts';
import { SqliteIdempotencyStore } from './sqlite-idempotency-store.ts';
import { createSqliteKeyStore } from './sqlite-key-store.ts';
import { SqliteLedgerStore } from './sqlite-ledger-store.ts';
import { SqlitePaymentStore } from './sqlite-payment-store.ts';
import { SqlitePlanStore } from './sqlite-plan-store.ts';
import { SqlitePriceStore } from './sqlite-price-store.ts';
import { SqliteProviderKeyStore } from './sqlite-provider-key-store.ts';
import { SqliteRouteStore } from './sqlite-route-store.ts';
import { SqliteSpendStore } from './sqlite-spend-store.ts';
import type { Writer } from './writer.ts';
import { startWriter } from './writer.ts';

const PEPPER_BYTES = 32;
const pepperText = /^[0-9a-f]{64}$/;
const PRIVATE_FILE = 0o600;
const PRIVATE_DIRECTORY = 0o700;

/** Everything that outlives the process. */
export interface Store {
  readonly keys: KeyStore;
  readonly accounts: SqliteAccountStore;
  readonly operators: OperatorsInSqlite;
  readonly sessions: OperatorsSessions;
  readonly plans: SqlitePlanStore;
  readonly files: SqliteFileRows;
  readonly fileBodies: DiskFileBodies;
  readonly batches: SqliteBatchStore;
  readonly batchFiles: DiskBatchFiles;
  readonly gateways: SqliteGatewayStore;
  readonly providerKeys: SqliteProviderKeyStore;
  readonly gatewayLogs: GatewayLogReads;
  readonly dynamicRoutes: SqliteRouteStore;
  readonly accessPolicies: SqliteAccessPolicyStore;
  readonly spending: SqliteSpendStore;
  readonly prices: SqlitePriceStore;
  readonly payments: SqlitePaymentStore;
  readonly charges: SqliteChargeReads;
  readonly ledger: SqliteLedgerStore;
  readonly auditLog: SqliteAuditLog;
  readonly idempotency: SqliteIdempotencyStore;
  readonly owners: OwnerLocks;
  /** Runs queries that look at many rows. */
  readonly background: BackgroundReader;
  readonly pepper: Secret;
  readonly writer: Writer;
  /** What a full integrity check finds wrong; empty where the store is sound. */
  integrityProblems(): readonly string[];
  close(): Promise<void>;
}

/**
 * Opens the store in a directory, which is made if need be, and refuses a damaged one. `reading` says
 * what the thread is that looks at many rows.
 */
export async function openStore(
  directory: string,
  onWriterDeath: (reason: string) => void,
  reading?: Omit<ReaderOptions, 'clock'>,
): Promise<Store> {
  mkdirSync(directory, { recursive: true, mode: PRIVATE_DIRECTORY });
  const path = join(directory, 'quatrain.db');
  const reader = openDatabase(path);
  try {
    migrate(reader);
    // The keys alone: checking a log of millions of rows would hold every start up. `doctor` checks all.
    const problems = integrityProblems(reader, 'api_keys');
    if (problems.length > 0) {
      throw new StoreFault(`${path} is damaged (${problems.join('; ')}); restore a backup`);
    }
    const pepper = readOrMakePepper(directory, reader);
    const writer = await startWriter(path, onWriterDeath);
    const background = new BackgroundReader(path, { clock: systemClock, ...reading });
    const owners = new OwnerLocks(join(directory, 'owners'));
    // Looks at every row of the books, which would hold up whoever asks for a list.
    const verifier = new BackgroundReader(path, { clock: systemClock });
    const sealerFor = (use: string): SecretSealer => new SecretSealer(pepper, use, systemRandom());
    const accessPolicies = new SqliteAccessPolicyStore(reader, writer);
    return {
      keys: createSqliteKeyStore(reader, writer),
      accounts: new SqliteAccountStore(reader, writer),
      operators: new OperatorsInSqlite(reader, writer),
      sessions: new OperatorsSessions(reader, writer),
      plans: new SqlitePlanStore(reader, writer),
      files: new SqliteFileRows(reader, writer),
      fileBodies: new DiskFileBodies(join(directory, 'files')),
      batches: new SqliteBatchStore(reader, writer),
      batchFiles: new DiskBatchFiles(join(directory, 'batches')),
      gateways: new SqliteGatewayStore(reader, writer, (gateway) => {
        accessPolicies.forget(gateway);
      }),
      providerKeys: new SqliteProviderKeyStore(reader, writer, sealerFor('provider-keys')),
      gatewayLogs: new GatewayLogReads(reader, background),
      dynamicRoutes: new SqliteRouteStore(reader, writer),
      accessPolicies,
      spending: new SqliteSpendStore(reader, writer),
      prices: new SqlitePriceStore(reader, writer),
      payments: new SqlitePaymentStore(reader, writer),
      charges: new SqliteChargeReads(background),
      ledger: new SqliteLedgerStore(reader, writer, (onRead) => verifier.verify('ledger', onRead)),
      auditLog: new SqliteAuditLog(background, writer, (onRead) =>
        verifier.verify('auditLog', onRead),
      ),
      idempotency: new SqliteIdempotencyStore(reader, writer, sealerFor('idempotency')),
      owners,
      background,
      pepper,
      writer,
      integrityProblems: () => integrityProblems(reader),
      async close(): Promise<void> {
        await writer.close();
        await background.close();
        await verifier.close();
        owners.close();
        reader.close();
      },
    };
  } catch (error) {
    reader.close();
    throw error;
  }
}

/**
 * The server's pepper, a file beside the database: whoever copies the one does not have the other.
 * Made once; a database with keys but without its pepper is refused, since no key would ever match
 * and no key for a provider could be opened.
 */
function readOrMakePepper(directory: string, reader: DatabaseSync): Secret {
  const path = join(directory, 'pepper');
  const existing = readPepper(path);
  if (existing !== undefined) return existing;
  const row = reader
    .prepare(
      'SELECT (SELECT COUNT(*) FROM api_keys) + (SELECT COUNT(*) FROM provider_keys) AS keys',
    )
    .get();
  if (Number(row?.['keys']) > 0) {
    throw new StoreFault(
      `${path} is missing, and without it no API key can be checked; restore it from a backup, or remove ${join(directory, 'quatrain.db')} to start anew`,
    );
  }
  makePepper(path);
  const made = readPepper(path);
  if (made === undefined) throw new StoreFault(`${path} could not be written`);
  return made;
}

function readPepper(path: string): Secret | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
  if (!pepperText.test(text)) {
    throw new StoreFault(`${path} is damaged; restore it from a backup`);
  }
  return new Secret(text);
}

/**
 * Written whole, synced, then linked into place: a crash leaves either no pepper or a complete
 * one, and of two processes that start at once the second takes the first one's.
 */
function makePepper(path: string): void {
  const draft = `${path}.${String(process.pid)}`;
  const file = openSync(draft, 'w', PRIVATE_FILE);
  writeSync(file, `${randomBytes(PEPPER_BYTES).toString('hex')}\n`);
  fsyncSync(file);
  closeSync(file);
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  } finally {
    unlinkSync(draft);
  }
  const directory = openSync(join(path, '..'), 'r');
  fsyncSync(directory);
  closeSync(directory);
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
