import { assert } from '../std/assert.ts';
import { serveReader } from '../store/serve-reader.ts';
import { SqliteRequestReads } from '../store/sqlite-request-reads.ts';
import { backgroundAnswers } from './background-answers.ts';

const isKnown = (name: string): name is keyof typeof backgroundAnswers =>
  Object.hasOwn(backgroundAnswers, name);

serveReader((name, input, rows) => {
  assert(isKnown(name), `there is no answer "${name}"`);
  // What was recorded before is in the table: whoever asks has waited for that.
  const requests = new SqliteRequestReads(rows, () => Promise.resolve());
  const make = backgroundAnswers[name] as (
    input: object,
    reads: typeof requests,
  ) => Promise<object>;
  return make(input, requests);
});
