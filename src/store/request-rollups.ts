import { hourCounts, hourDimensions } from './request-hours-schema.ts';

/**
 * The figures of `request_hours` once more, with fewer names: a page that asks about models need not look
 * at every key, and one that asks about keys looks at days.
 */

/** Figures of a row: its names in the order of the columns, then its counts. */
export type Figures = readonly (string | number)[];

const DAY_MS = 86_400_000;

type HourDimension = (typeof hourDimensions)[number];

interface Rollup {
  readonly table: string;
  readonly time: string;
  /** Besides the time. */
  readonly names: readonly HourDimension[];
  readonly timeOf: (hourMs: number) => number;
}

const byModels: Rollup = {
  table: 'request_hour_models',
  time: 'hour_ms',
  names: ['model', 'upstream', 'status', 'error_code'],
  timeOf: (hourMs) => hourMs,
};
const byKeys: Rollup = {
  table: 'request_day_keys',
  time: 'day_ms',
  names: ['account', 'key_id', 'model'],
  timeOf: (hourMs) => hourMs - (hourMs % DAY_MS),
};

const count = (name: string): string => `${name} INTEGER NOT NULL DEFAULT 0`;

function schemaOf({ table, time, names }: Rollup): string {
  const columns = names.map((name) => `${name} ${name === 'status' ? 'INTEGER' : 'TEXT'} NOT NULL`);
  const group = time === 'day_ms' ? 'hour_ms - hour_ms % 86400000' : 'hour_ms';
  const sums = hourCounts.map((name) => `SUM(${name})`);
  return `CREATE TABLE ${table} (
     ${time} INTEGER NOT NULL, ${columns.join(', ')},
     ${hourCounts.map(count).join(',\n     ')},
     PRIMARY KEY (${[time, ...names].join(', ')})
   ) STRICT, WITHOUT ROWID;
   INSERT INTO ${table} (${[time, ...names, ...hourCounts].join(', ')})
     SELECT ${[group, ...names, ...sums].join(', ')} FROM request_hours
     GROUP BY ${[group, ...names].join(', ')};`;
}

/** The two tables, with what is in the one by hours already. */
export const requestRollupsSchema: string = [byModels, byKeys].map(schemaOf).join('\n   ');

function addText({ table, time, names }: Rollup): string {
  const columns = [time, ...names, ...hourCounts];
  return `INSERT INTO ${table} (${columns.join(', ')})
    VALUES (${columns.map(() => '?').join(', ')})
    ON CONFLICT DO UPDATE SET
      ${hourCounts.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`;
}

/** What is written of them. */
export const rollupStatements: Readonly<
  Record<'addToHourModels' | 'addToDayKeys' | 'deleteOldHourModels' | 'deleteOldDayKeys', string>
> = {
  addToHourModels: addText(byModels),
  addToDayKeys: addText(byKeys),
  deleteOldHourModels: `DELETE FROM request_hour_models WHERE hour_ms < ?`,
  deleteOldDayKeys: `DELETE FROM request_day_keys WHERE day_ms < ?`,
};

/** What the rows of one transaction add to the rollups. */
export interface RolledUp {
  readonly addToHourModels: readonly Figures[];
  readonly addToDayKeys: readonly Figures[];
}

export function rollUp(figures: readonly Figures[]): RolledUp {
  return { addToHourModels: folded(figures, byModels), addToDayKeys: folded(figures, byKeys) };
}

const NAMES = hourDimensions.length;
const placeOf = Object.fromEntries(hourDimensions.map((name, place) => [name, place])) as Readonly<
  Record<HourDimension, number>
>;

function folded(figures: readonly Figures[], { names, timeOf }: Rollup): readonly Figures[] {
  const places = names.map((name) => placeOf[name]);
  const groups = new Map<string, (string | number)[]>();
  for (const row of figures) {
    const own = [timeOf(Number(row[0])), ...places.map((place) => row[place] ?? '')];
    const key = own.join('\n');
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [...own, ...row.slice(NAMES)]);
    else addCounts(known, own.length, row);
  }
  return [...groups.values()];
}

/** Amounts of money are text: they may be more than a double holds. */
function addCounts(sums: (string | number)[], from: number, row: Figures): void {
  for (let at = NAMES; at < row.length; at += 1) {
    const place = from + at - NAMES;
    const [sum = 0, more = 0] = [sums[place], row[at]];
    const isText = typeof sum === 'string' || typeof more === 'string';
    sums[place] = isText ? String(BigInt(sum) + BigInt(more)) : sum + more;
  }
}
