import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** How many bytes at the end of a spelling say which ones it may be. */
const END_BYTES = 4;
const FILTER_BITS = 16;
/** Spreads the ends of spellings over the filter. */
const SPREAD = 0x9e37_79b1;

interface Spelling {
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * Texts that nobody else would write, and where they turn up: what must not be kept is put through
 * everything, then everything is searched. Reliability §3.8.
 */
export class Canaries {
  readonly #names = new Set<string>();
  /** Every spelling of every canary by its last bytes, so that a place is read once for all of them. */
  readonly #byEnd = new Map<number, Spelling[]>();
  /** Whether any spelling ends so: nearly always none does. */
  readonly #ends = new Uint8Array(2 ** FILTER_BITS);

  /** A new one, which begins as such things do. */
  hatch(name: string, prefix = ''): string {
    const text = `${prefix}${randomBytes(15).toString('hex')}`;
    return this.watch(name, text);
  }

  /** One that somebody else made; a part of it that is public is cut off before. */
  watch(name: string, text: string, secret: string = text): string {
    this.#names.add(name);
    for (const bytes of spellingsOf(secret)) {
      if (bytes.length < END_BYTES) throw new Error(`${name} is too short to be told apart`);
      const end = bytes.readUInt32BE(bytes.length - END_BYTES);
      const alike = this.#byEnd.get(end);
      if (alike === undefined) this.#byEnd.set(end, [{ name, bytes }]);
      else alike.push({ name, bytes });
      this.#ends[placeOf(end)] = 1;
    }
    return text;
  }

  get size(): number {
    return this.#names.size;
  }

  /** Which of them stand in some bytes, in whatever spelling. */
  sightings(place: string, where: string | Uint8Array): readonly string[] {
    const bytes = Buffer.from(where);
    const seen = new Set<string>();
    let last = 0;
    for (let end = 1; end <= bytes.length; end += 1) {
      last = ((last << 8) | (bytes[end - 1] ?? 0)) >>> 0;
      if (end < END_BYTES || this.#ends[placeOf(last)] === 0) continue;
      for (const spelling of this.#byEnd.get(last) ?? []) {
        if (endsAt(bytes, end, spelling.bytes)) seen.add(spelling.name);
      }
    }
    return [...this.#names].filter((name) => seen.has(name)).map((name) => `${name} in ${place}`);
  }
}

function placeOf(end: number): number {
  return Math.imul(end, SPREAD) >>> (32 - FILTER_BITS);
}

function endsAt(bytes: Buffer, end: number, spelling: Buffer): boolean {
  const start = end - spelling.length;
  return start >= 0 && bytes.compare(spelling, 0, spelling.length, start, end) === 0;
}

/** As it is, in hex, and in base64 wherever it begins in there, without the letters that neighbours change. */
function spellingsOf(text: string): readonly Buffer[] {
  const base64 = [0, 1, 2].map((shift) => {
    const letters = Buffer.from(' '.repeat(shift) + text).toString('base64');
    return letters.replace(/=+$/, '').slice(shift === 0 ? 0 : 4, -2);
  });
  const hex = Buffer.from(text).toString('hex');
  return [text, hex, hex.toUpperCase(), ...base64].map((spelling) => Buffer.from(spelling));
}

/** Every file below a directory, by its path there. */
export function filesBelow(directory: string): ReadonlyMap<string, Buffer> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(directory, path), readFileSync(path)] as const;
    }),
  );
}

/** Every value of every table, by the table's name. */
export function tablesOf(database: string): ReadonlyMap<string, Buffer> {
  const reader = new DatabaseSync(database, { readOnly: true });
  try {
    const names = reader
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .all()
      .map((row) => String(row['name']));
    return new Map(names.map((name) => [name, valuesIn(reader, name)] as const));
  } finally {
    reader.close();
  }
}

function valuesIn(reader: DatabaseSync, table: string): Buffer {
  const select = reader.prepare(`SELECT * FROM "${table}"`);
  select.setReadBigInts(true);
  const values = select.all().flatMap((row) => Object.values(row));
  return Buffer.concat(
    values.map((value) =>
      value instanceof Uint8Array ? value : Buffer.from(`${String(value)}\n`),
    ),
  );
}
