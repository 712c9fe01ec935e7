import { hourCounts } from './request-hours-schema.ts';

/**
 * The figures of `request_day_keys` once more, by weeks: what is asked of a month looks at a quarter of the
 * rows. Whoever writes a request pays next to nothing: days go into their weeks in small steps once they
 * are over, in the order in which they lie, and one row says how far that has come. What is added to a
 * day after that is added to its week in the same transaction.
 */

/** Weeks are counted from the beginning of 1970, as days are. */
export const WEEK_MS = 604_800_000;

const names = ['account', 'key_id', 'model'] as const;
const PLACE = ['day_ms', ...names].join(', ');
const COLUMNS = ['week_ms', ...names, ...hourCounts].join(', ');
/** The last row of a day that is in its week. */
const REACHED = `(SELECT ${PLACE} FROM request_weeks_reached)`;
const AHEAD = `request_day_keys WHERE (${PLACE}) > ${REACHED}`;
const WEEK_OF_DAY = `day_ms - day_ms % ${String(WEEK_MS)}`;
const ADD = `ON CONFLICT DO UPDATE SET
  ${hourCounts.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`;

const text = (name: string): string => `${name} TEXT NOT NULL`;
const count = (name: string): string => `${name} INTEGER NOT NULL DEFAULT 0`;

/** Empty weeks: those of a store that has days already are filled as those of days to come. */
export const requestWeeksSchema: string = `CREATE TABLE request_week_keys (
     week_ms INTEGER NOT NULL, ${names.map(text).join(', ')},
     ${hourCounts.map(count).join(',\n     ')},
     PRIMARY KEY (week_ms, ${names.join(', ')})
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE request_weeks_reached (
     id INTEGER PRIMARY KEY CHECK (id = 1),
     day_ms INTEGER NOT NULL, ${names.map(text).join(', ')}
   ) STRICT;
   INSERT INTO request_weeks_reached (id, ${PLACE}) VALUES (1, -1, '', '', '');`;

/** What is written of them. */
export const weekStatements: Readonly<
  Record<'addDaysToWeeks' | 'moveWeeksReached' | 'addToWeekKeys' | 'deleteOldWeekKeys', string>
> = {
  /** So many rows of days before a moment. */
  addDaysToWeeks: `INSERT INTO request_week_keys (${COLUMNS})
    SELECT ${[WEEK_OF_DAY, ...names, ...hourCounts].join(', ')} FROM ${AHEAD} AND day_ms < ?1
      ORDER BY ${PLACE} LIMIT ?2 ${ADD}`,
  /** Behind the same rows, so it is written together with them. */
  moveWeeksReached: `UPDATE request_weeks_reached SET (${PLACE}) =
      (SELECT ${PLACE} FROM
        (SELECT ${PLACE} FROM ${AHEAD} AND day_ms < ?1 ORDER BY ${PLACE} LIMIT ?2)
        ORDER BY ${['day_ms', ...names].map((name) => `${name} DESC`).join(', ')} LIMIT 1)
    WHERE EXISTS (SELECT 1 FROM ${AHEAD} AND day_ms < ?1)`,
  /** Takes what was added to a day; where that is not in its week yet, nothing happens. */
  addToWeekKeys: `INSERT INTO request_week_keys (${COLUMNS})
    SELECT ?1 - ?1 % ${String(WEEK_MS)}, ?2, ?3, ?4, ${hourCounts.map(() => '?').join(', ')}
      WHERE (?1, ?2, ?3, ?4) <= ${REACHED} ${ADD}`,
  deleteOldWeekKeys: `DELETE FROM request_week_keys WHERE week_ms < ?`,
};

/** The day up to which something is in weeks: nothing of a later one is. */
export const weeksReachedText: string = `SELECT day_ms FROM request_weeks_reached`;

/**
 * What weeks may be read, of those from a moment on (first parameter) to another (second): each has all
 * that its days have. Left out are those whose first days are gone with their time, and those that have
 * not got all of their days yet.
 */
export const readableWeeksText: string = `SELECT low, MAX(low, high) AS high FROM (SELECT
    MIN(?2, MAX(?1, COALESCE((SELECT (MIN(day_ms) + ${String(WEEK_MS - 1)}) / ${String(WEEK_MS)}
      * ${String(WEEK_MS)} FROM request_day_keys), ?2))) AS low,
    MIN(?2, COALESCE((SELECT ${WEEK_OF_DAY} FROM ${AHEAD} ORDER BY ${PLACE} LIMIT 1), ?2)) AS high)`;
