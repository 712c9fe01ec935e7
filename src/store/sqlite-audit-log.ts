import type {
  AuditCheck,
  AuditEntry,
  AuditFound,
  AuditNames,
  AuditPage,
  AuditTrail,
  OnRead,
} from '../ledger/audit-trail.ts';
import type { BackgroundReader, StoredRow } from './background-reader.ts';
import { toAuditRecord } from './ledger-rows.ts';
import type { OrderTaker } from './sqlite-ledger-store.ts';
import type { SqlValue } from './statements.ts';

/** Most entries that one answer looks at. */
const LOOK_MAX = 100_000;
/** The newest so many entries name what is suggested, and of either kind at most so many names are. */
const NAMES_LOOK_MAX = 10_000;
const NAMES_MAX = 200;

/** What entries are narrowed by: all of it stands in the indexes by time. */
const LOOKED_COLUMNS = 'sequence, at_ms, action, actor, key_id, subject';
const ORDER = 'ORDER BY at_ms DESC, sequence DESC';

type Condition = readonly [text: string, ...values: readonly SqlValue[]];

/** The audit log in SQLite: the writer chains its entries, lists are read on the thread that reads. */
export class SqliteAuditLog implements AuditTrail {
  readonly #background: Pick<BackgroundReader, 'query'>;
  readonly #orders: OrderTaker;
  readonly #verify: (onRead?: OnRead) => Promise<AuditCheck>;
  readonly #lookMax: number;

  constructor(
    background: Pick<BackgroundReader, 'query'>,
    orders: OrderTaker,
    verify: (onRead?: OnRead) => Promise<AuditCheck>,
    lookMax: number = LOOK_MAX,
  ) {
    this.#background = background;
    this.#orders = orders;
    this.#verify = verify;
    this.#lookMax = lookMax;
  }

  append(entry: AuditEntry): Promise<bigint> {
    return this.#orders.order('appendAudit', entry);
  }

  /** Looks at so many entries of an index at most, from which the fitting ones are taken. */
  async list(page: AuditPage): Promise<AuditFound> {
    const { limit } = page;
    const bounds = boundsOf(page);
    const narrowing = conditionsOf(page);
    const looked = `FROM audit_log ${whereOf(bounds)} ${ORDER} LIMIT ?`;
    const rows = await this.#query(
      `SELECT * FROM audit_log WHERE sequence IN
          (SELECT sequence FROM (SELECT ${LOOKED_COLUMNS} ${looked}) ${whereOf(narrowing)} LIMIT ?)
        ${ORDER}`,
      [...valuesOf(bounds), this.#lookMax, ...valuesOf(narrowing), limit],
    );
    const records = rows.map((row) => toAuditRecord(withIntegers(row)));
    if (records.length >= limit) return { records, lookedTo: undefined };
    const [end] = await this.#query(`SELECT at_ms, sequence ${looked} OFFSET ?`, [
      ...valuesOf(bounds),
      1,
      this.#lookMax - 1,
    ]);
    if (end === undefined) return { records, lookedTo: undefined };
    const lookedTo = { atMs: Number(end['at_ms']), sequence: BigInt(Number(end['sequence'])) };
    return { records, lookedTo };
  }

  async names(): Promise<AuditNames> {
    const [actions, actors] = await Promise.all([this.#namesIn('action'), this.#namesIn('actor')]);
    return { actions, actors };
  }

  verify(onRead?: OnRead): Promise<AuditCheck> {
    return this.#verify(onRead);
  }

  async #namesIn(column: 'action' | 'actor'): Promise<readonly string[]> {
    const rows = await this.#query(
      `SELECT DISTINCT ${column} AS name FROM (SELECT ${column} FROM audit_log ${ORDER} LIMIT ?)
        ORDER BY name LIMIT ?`,
      [NAMES_LOOK_MAX, NAMES_MAX],
    );
    return rows.map(({ name }) => String(name));
  }

  /** Operators take their turn as an account does. */
  #query(text: string, values: readonly SqlValue[]): Promise<readonly StoredRow[]> {
    return this.#background.query(text, values, '');
  }
}

/** What an index is entered by. */
function boundsOf({ account, fromMs, toMs, after }: AuditPage): readonly Condition[] {
  const bounds = given([
    ['account = ?', account],
    ['at_ms >= ?', fromMs],
    ['at_ms < ?', toMs],
  ]);
  if (after === undefined) return bounds;
  return [...bounds, ['(at_ms, sequence) < (?, ?)', after.atMs, after.sequence]];
}

/** What entries are held to that are looked at. */
function conditionsOf({ action, actor, keyId, subject }: AuditPage): readonly Condition[] {
  return [
    ...(action === undefined ? [] : [wholeOrBegin('action', action, '.')]),
    ...(actor === undefined ? [] : [wholeOrBegin('actor', actor, ':')]),
    ...given([
      ['key_id = ?', keyId],
      ['subject = ?', subject],
    ]),
  ];
}

/** All of a name, or what stands in it before the sign. */
function wholeOrBegin(column: string, name: string, sign: string): Condition {
  return [`(${column} = ? OR instr(${column}, ?) = 1)`, name, `${name}${sign}`];
}

function given(wanted: readonly (readonly [string, SqlValue | undefined])[]): readonly Condition[] {
  return wanted.flatMap(([text, value]) => (value === undefined ? [] : [[text, value] as const]));
}

function whereOf(conditions: readonly Condition[]): string {
  return conditions.length === 0 ? '' : `WHERE ${conditions.map(([text]) => text).join(' AND ')}`;
}

function valuesOf(conditions: readonly Condition[]): readonly SqlValue[] {
  return conditions.flatMap(([, ...values]) => values);
}

/** As rows of the books are read elsewhere: their integers are no doubles. */
function withIntegers(row: StoredRow): StoredRow {
  return { ...row, sequence: BigInt(Number(row['sequence'])), at_ms: BigInt(Number(row['at_ms'])) };
}
