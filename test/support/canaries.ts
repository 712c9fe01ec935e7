import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Texts that nobody else would write, and where they turn up: what must not be kept is put through
 * everything, then everything is searched. Reliability §3.8.
 */
export class Canaries {
  readonly #spellings = new Map<string, readonly Buffer[]>();

  /** A new one, which begins as such things do. */
  hatch(name: string, prefix = ''): string {
    const text = `${prefix}${randomBytes(15).toString('hex')}`;
    return this.watch(name, text);
  }

  /** One that somebody else made; a part of it that is public is cut off before. */
  watch(name: string, text: string, secret: string = text): string {
    this.#spellings.set(name, spellingsOf(secret));
    return text;
  }

  get size(): number {
    return this.#spellings.size;
  }

  /** Which of them stand in some bytes, in whatever spelling. */
  sightings(place: string, where: string | Uint8Array): readonly string[] {
    const bytes = Buffer.from(where);
    return [...this.#spellings]
      .filter(([, spellings]) => spellings.some((spelling) => bytes.includes(spelling)))
      .map(([name]) => `${name} in ${place}`);
  }
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
