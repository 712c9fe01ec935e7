import { LATENCY_BUCKETS, latencyBucketOf } from '../telemetry/latency-buckets.ts';
import type { RequestColumn } from './request-columns.ts';
import { requestColumns } from './request-columns.ts';
import type { HourSum } from './request-hours-schema.ts';
import { hourCounts, hourDimensions, hourSums } from './request-hours-schema.ts';

/** A value of a row as the statements take it. */
type Value = string | number | bigint | Uint8Array | null | undefined;

const HOUR_MS = 3_600_000;
const REFUSED_FROM = 400;
const NOT_FOUND = 404;
/** Names that callers make up go into one row, and so do all beyond so many rows of an hour. */
const OTHER = 'other';
const GROUPS_MAX = 20_000;
const LETTERS_MAX = 128;

/** Adds figures to those that an hour has already. */
export const addToHoursText: string = `INSERT INTO request_hours
    (${[...hourDimensions, ...hourCounts].join(', ')})
  VALUES (${[...hourDimensions, ...hourCounts].map(() => '?').join(', ')})
  ON CONFLICT DO UPDATE SET
    ${hourCounts.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`;

const places = Object.fromEntries(requestColumns.map((name, place) => [name, place])) as Readonly<
  Record<RequestColumn, number>
>;

/** Sums of tokens, which a row of the log has under the same name. */
const tokenSums: readonly (HourSum & RequestColumn)[] = [
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'thinking_tokens',
  'web_search_requests',
];
const sumAt = Object.fromEntries(hourSums.map((name, place) => [name, place])) as Readonly<
  Record<HourSum, number>
>;
const tokenFrom = tokenSums.map((name) => places[name]);
const tokenTo = tokenSums.map((name) => sumAt[name]);

interface Group {
  readonly names: readonly (string | number)[];
  /** In the order of the columns. */
  readonly counts: number[];
  /** Amounts too large to be added up as doubles. */
  largeCostNanoUsd: bigint;
  largeChargedNanoUsd: bigint;
}

/** Amounts of up to so many digits: thousands of them are a safe integer together. */
const SMALL_DIGITS_MAX = 11;

/**
 * Gathers the figures of the rows of one transaction, for whoever writes the rows: a statement for each
 * group of them costs a fraction of one for each row.
 */
export class RequestHours {
  #groups = new Map<string, Group>();
  #hourMs = 0;
  /** The groups of the hour that is running, since the thread began. */
  readonly #known = new Set<string>();

  /** Takes a row as the statement did that inserted it. */
  add(row: readonly Value[]): void {
    const group = this.#groupOf(row);
    const { counts } = group;
    const status = row[places.status] as number;
    const isFailed = row[places.error_code] !== null || status >= REFUSED_FROM;
    addAt(counts, sumAt.requests, 1);
    if (isFailed) addAt(counts, sumAt.failed, 1);
    for (let at = 0; at < tokenFrom.length; at += 1) {
      const count = row[tokenFrom[at] ?? 0];
      if (typeof count === 'number' && count > 0) addAt(counts, tokenTo[at] ?? 0, count);
    }
    addMoney(group, row);
    const totalMs = row[places.total_ms] as number;
    addAt(counts, hourSums.length + latencyBucketOf(totalMs), 1);
    const contentMs = row[places.first_content_ms];
    if (typeof contentMs !== 'number') return;
    addAt(counts, hourSums.length + LATENCY_BUCKETS + latencyBucketOf(contentMs), 1);
  }

  /** What was gathered, as `addToHoursText` takes it; it is gone from here. */
  take(): readonly (readonly (string | number)[])[] {
    if (this.#groups.size === 0) return [];
    const groups = [...this.#groups.values()];
    this.#groups = new Map();
    return groups.map(({ names, counts, largeCostNanoUsd, largeChargedNanoUsd }) => {
      const values: (string | number)[] = [...names, ...counts];
      // As text, which the column makes an integer of.
      const withLarge = (sum: HourSum, large: bigint): void => {
        values[names.length + sumAt[sum]] = (large + BigInt(counts[sumAt[sum]] ?? 0)).toString();
      };
      withLarge('cost_nano_usd', largeCostNanoUsd);
      withLarge('charged_nano_usd', largeChargedNanoUsd);
      return values;
    });
  }

  #groupOf(row: readonly Value[]): Group {
    const startedAtMs = row[places.started_at_ms] as number;
    const hourMs = startedAtMs - (startedAtMs % HOUR_MS);
    const key = `${String(hourMs)}\n${textAt(row, places.account)}\n${textAt(row, places.model)}\n${textAt(row, places.key_id)}\n${textAt(row, places.upstream)}\n${String(row[places.status])}\n${textAt(row, places.error_code)}`;
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const group: Group = {
      names: this.#namesOf(row, hourMs),
      counts: hourCounts.map(() => 0),
      largeCostNanoUsd: 0n,
      largeChargedNanoUsd: 0n,
    };
    this.#groups.set(key, group);
    return group;
  }

  #namesOf(row: readonly Value[], hourMs: number): readonly (string | number)[] {
    const status = row[places.status] as number;
    const model = status === NOT_FOUND ? OTHER : textAt(row, places.model).slice(0, LETTERS_MAX);
    const account = textAt(row, places.account);
    const keyId = textAt(row, places.key_id);
    const upstream = textAt(row, places.upstream);
    const errorCode = textAt(row, places.error_code);
    const names = [hourMs, account, model, keyId, upstream, status, errorCode];
    if (this.#isWithinBounds(hourMs, names.join('\n'))) return names;
    return [hourMs, OTHER, OTHER, OTHER, upstream, status, errorCode];
  }

  #isWithinBounds(hourMs: number, key: string): boolean {
    if (hourMs > this.#hourMs) {
      this.#hourMs = hourMs;
      this.#known.clear();
    }
    if (this.#known.has(key)) return true;
    if (this.#known.size >= GROUPS_MAX) return false;
    this.#known.add(key);
    return true;
  }
}

function addMoney(group: Group, row: readonly Value[]): void {
  const { counts } = group;
  const cost = row[places.cost_nano_usd];
  const charged = row[places.charged_nano_usd];
  if (typeof cost === 'string') {
    if (cost.length <= SMALL_DIGITS_MAX) addAt(counts, sumAt.cost_nano_usd, Number(cost));
    else group.largeCostNanoUsd += BigInt(cost);
  } else if (row[places.usage_source] !== null) addAt(counts, sumAt.unknown_costs, 1);
  if (typeof charged !== 'string') return;
  if (charged.length <= SMALL_DIGITS_MAX) addAt(counts, sumAt.charged_nano_usd, Number(charged));
  else group.largeChargedNanoUsd += BigInt(charged);
}

function addAt(counts: number[], place: number, count: number): void {
  counts[place] = (counts[place] ?? 0) + count;
}

function textAt(row: readonly Value[], place: number): string {
  const value = row[place];
  return typeof value === 'string' ? value : '';
}
