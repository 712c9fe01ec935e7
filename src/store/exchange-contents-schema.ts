/** Where what was said in requests lies outside of the database. */
export const exchangeContentsSchema: string = `
   CREATE TABLE exchange_contents (
     request_id TEXT PRIMARY KEY,
     at_ms      INTEGER NOT NULL,
     segment    TEXT NOT NULL,
     start      INTEGER NOT NULL,
     bytes      INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX exchange_contents_by_age ON exchange_contents (at_ms, bytes);
   CREATE INDEX exchange_contents_by_segment ON exchange_contents (segment);`;

/** What is written of them. */
export const contentStatements: Readonly<
  Record<'insertExchangeContent' | 'deleteOldExchangeContents' | 'trimExchangeContents', string>
> = {
  insertExchangeContent: `INSERT INTO exchange_contents (request_id, at_ms, segment, start, bytes)
    VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  deleteOldExchangeContents: `DELETE FROM exchange_contents WHERE request_id IN
    (SELECT request_id FROM exchange_contents WHERE at_ms < ? ORDER BY at_ms LIMIT ?)`,
  trimExchangeContents: `DELETE FROM exchange_contents WHERE request_id IN
    (SELECT request_id FROM exchange_contents ORDER BY at_ms LIMIT ?)`,
};
