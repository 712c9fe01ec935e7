import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type {
  ClaimLook,
  ClaimOrder,
  ClaimOutcome,
  ClaimPlace,
  ClaimQuestion,
  CompleteOrder,
  IdempotencyStore,
  KeptAnswer,
} from '../ledger/idempotency-store.ts';
import type { SecretSealer } from './seal-secret.ts';
import type { Writer } from './writer.ts';

/** Of one account: keys that are kept at once, and bytes of answers. */
const RECORDS_MAX = 10_000;
const BYTES_MAX = 67_108_864;
/** A larger answer is not kept: asking again is told that it was done, and no more. */
const ANSWER_BYTES_MAX = 16_777_216;

interface ClaimRow {
  readonly fingerprint: string;
  readonly request_id: string;
  readonly state: 'running' | 'done';
  readonly sealed: Uint8Array | null;
  readonly expires_at_ms: number;
}

/** What an answer is kept as, before it is sealed; the body follows as bytes. */
interface KeptHead {
  readonly status: number;
  readonly headers: readonly string[];
}

/** Idempotency keys in SQLite. Answers are sealed: the database alone does not show what was said. */
export class SqliteIdempotencyStore implements IdempotencyStore {
  readonly #writer: Pick<Writer, 'write' | 'writeAll'>;
  readonly #sealer: SecretSealer;
  readonly #one: StatementSync;
  readonly #owners: StatementSync;
  readonly #records: StatementSync;
  readonly #crash: StatementSync;

  constructor(
    reader: DatabaseSync,
    writer: Pick<Writer, 'write' | 'writeAll'>,
    sealer: SecretSealer,
  ) {
    this.#writer = writer;
    this.#sealer = sealer;
    this.#one = reader.prepare(
      `SELECT fingerprint, request_id, state, sealed, expires_at_ms FROM idempotency_records
         WHERE account = ? AND scope = ? AND key = ?`,
    );
    this.#crash = reader.prepare(
      `SELECT request_id FROM idempotency_crashes
         WHERE account = ? AND scope = ? AND key = ? AND fingerprint = ?`,
    );
    this.#records = reader.prepare('SELECT records FROM idempotency_totals WHERE account = ?');
    this.#owners = reader.prepare(
      `SELECT DISTINCT owner FROM idempotency_records WHERE state = 'running'`,
    );
  }

  /** Whoever inserts the row has the key; of twenty at once one does. */
  async claim(order: ClaimOrder): Promise<ClaimOutcome> {
    const { account, scope, key, fingerprint, requestId, owner, atMs, expiresAtMs } = order;
    const row = [account, scope, key, fingerprint, requestId, owner, atMs, expiresAtMs];
    await this.#writer.writeAll([
      { statement: 'forgetExpiredClaim', rows: [[account, scope, key, atMs]] },
      { statement: 'forgetExpiredCrash', rows: [[account, scope, key, atMs]] },
      { statement: 'claimKey', rows: [[...row, RECORDS_MAX]] },
    ]);
    const found = this.#one.get(account, scope, key) as ClaimRow | undefined;
    if (found === undefined) return { kind: 'full' };
    if (found.request_id === requestId && found.state === 'running') return this.#claimed(order);
    const taken = takenBy(found, fingerprint);
    if (taken.kind !== 'done') return taken;
    const answer = found.sealed === null ? undefined : this.#open(found.sealed, order);
    return { kind: 'done', requestId: taken.requestId, answer };
  }

  look({ account, scope, key, fingerprint, atMs }: ClaimQuestion): Promise<ClaimLook> {
    const found = this.#one.get(account, scope, key) as ClaimRow | undefined;
    if (found !== undefined && found.expires_at_ms > atMs) {
      return Promise.resolve(takenBy(found, fingerprint));
    }
    const counted = this.#records.get(account)?.['records'] ?? 0;
    // What is past its time makes room before the key is claimed.
    const others = Number(counted) - (found === undefined ? 0 : 1);
    return Promise.resolve({ kind: others < RECORDS_MAX ? 'free' : 'full' });
  }

  #claimed({ account, scope, key, fingerprint }: ClaimOrder): ClaimOutcome {
    const crash = this.#crash.get(account, scope, key, fingerprint);
    if (crash === undefined) return { kind: 'claimed' };
    return { kind: 'claimed', after: String(crash['request_id']) };
  }

  async complete(order: CompleteOrder): Promise<boolean> {
    const { account, scope, key, requestId, answer } = order;
    const isKept = answer !== undefined && answer.body.length <= ANSWER_BYTES_MAX;
    const sealed = isKept ? this.#seal(answer, order) : null;
    const row = [account, scope, key, requestId, sealed, sealed?.length ?? 0, BYTES_MAX];
    return (await this.#writer.write({ statement: 'completeClaim', rows: [row] })) > 0;
  }

  async abandon({ account, scope, key, requestId }: ClaimPlace): Promise<void> {
    const row = [account, scope, key, requestId];
    await this.#writer.write({ statement: 'abandonClaim', rows: [row] });
  }

  runningOwners(): Promise<readonly string[]> {
    return Promise.resolve(this.#owners.all().map((row) => String(row['owner'])));
  }

  async abandonOwner(owner: string): Promise<number> {
    // The note first: dying in between, a claim is noted twice at most, of which one counts.
    const rows = [[owner]];
    await this.#writer.write({ statement: 'noteOwnerCrashes', rows });
    return this.#writer.write({ statement: 'abandonOwnerClaims', rows });
  }

  async forgetExpired(atMs: number, limit: number): Promise<number> {
    const rows = [[atMs, limit]];
    await this.#writer.write({ statement: 'forgetExpiredCrashes', rows });
    return this.#writer.write({ statement: 'forgetExpiredClaims', rows });
  }

  #seal({ status, headers, body }: KeptAnswer, place: ClaimPlace): Uint8Array {
    const head = Buffer.from(JSON.stringify({ status, headers } satisfies KeptHead));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(head.length);
    return this.#sealer.sealBytes(Buffer.concat([length, head, body]), placeText(place));
  }

  #open(sealed: Uint8Array, place: ClaimPlace): KeptAnswer {
    const bytes = this.#sealer.openBytes(sealed, placeText(place));
    const bodyStart = 4 + bytes.readUInt32BE(0);
    const head = JSON.parse(bytes.toString('utf8', 4, bodyStart)) as KeptHead;
    return { ...head, body: bytes.subarray(bodyStart) };
  }
}

/** What a key that somebody has is to whoever asks with it. */
function takenBy(
  { fingerprint, state, request_id: requestId, sealed }: ClaimRow,
  asked: string,
): Exclude<ClaimLook, { readonly kind: 'free' | 'full' }> {
  if (fingerprint !== asked) return { kind: 'differs' };
  if (state === 'running') return { kind: 'running', requestId };
  return { kind: 'done', requestId, isKept: sealed !== null };
}

function placeText({ account, scope, key }: ClaimPlace): string {
  return JSON.stringify([account, scope, key]);
}
