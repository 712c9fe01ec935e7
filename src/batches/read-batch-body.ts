import { ruleTexts } from '../emulator/rules/rule-texts.ts';
import { checkSchema } from '../messages/check-schema.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { Schema } from '../messages/schema.ts';
import { anyObject, array, closed, required, string } from '../messages/schema.ts';
import { assert } from '../std/assert.ts';
import type { Clock } from '../std/clock.ts';
import type { JsonValue } from '../std/json.ts';
import { parseJson, textOf } from '../std/json.ts';
import type { JsonBounds, JsonSpan } from '../std/scan-json.ts';
import { scanJsonObject } from '../std/scan-json.ts';
import { wait } from '../std/wait.ts';
import type { FoundValue } from './scan-batch-body.ts';
import { MalformedBody, scanBatchBody } from './scan-batch-body.ts';

/** The requests of a batch: their ids, and where their `params` stand in the body. */
export interface BatchBody {
  readonly kind: 'batch-body';
  readonly customIds: readonly string[];
  /** Start and end of each, in turn. */
  readonly paramsSpans: readonly number[];
}

export interface BodyReading {
  readonly clock: Clock;
  /** For each item by itself. */
  readonly jsonBounds: JsonBounds;
  /** Longer `params` are not looked into: they are refused when their turn comes. */
  readonly itemBytesMax: number;
}

/** API reference §1.5. */
export const BATCH_ITEMS_MAX = 100_000;
const CUSTOM_ID_MAX = 64;
/** After this much of a body, or so many items, others get their turn. */
const TURN_BYTES = 4 * 1024 * 1024;
const TURN_ITEMS = 500;
const LIST = 'requests';
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;

const itemSchema = closed<{ readonly custom_id: string; readonly params: object }>({
  custom_id: required(
    string({ lengthMin: 1, lengthMax: CUSTOM_ID_MAX, pattern: /^[a-zA-Z0-9_-]{1,64}$/ }),
  ),
  params: required(anyObject),
});
const bodySchema = closed<{ readonly requests: readonly object[] }>({
  requests: required(array(anyObject)),
});

/**
 * Checks the structure of a batch, and that alone (API reference §1.5): whether the `params` make
 * sense is for whoever answers them. Says the first thing that is wrong, as the API does; JSON that
 * is none comes before everything else.
 */
export async function readBatchBody(
  bytes: Uint8Array,
  reading: BodyReading,
): Promise<BatchBody | Refusal> {
  const reader = new BodyReader(bytes, reading);
  const values = scanBatchBody(bytes);
  let turnAt = 0;
  let turnItems = 0;
  try {
    for (let next = values.next(); ; next = values.next()) {
      if (next.done === true) return reader.finish(next.value === 'object');
      reader.take(next.value);
      turnItems += 1;
      if (turnItems < TURN_ITEMS && next.value.end - turnAt < TURN_BYTES) continue;
      turnItems = 0;
      turnAt = next.value.end;
      await wait(reading.clock, 0);
    }
  } catch (error) {
    if (!(error instanceof MalformedBody)) throw error;
    return refusal('malformed_json', ruleTexts.malformedJson(error.message));
  }
}

class BodyReader {
  readonly #bytes: Uint8Array;
  readonly #reading: BodyReading;
  readonly #members = new Map<string, JsonValue>();
  readonly #customIds: string[] = [];
  readonly #paramsSpans: number[] = [];
  readonly #known = new Set<string>();
  #items = 0;
  #itemIssue: string | undefined;
  #twice: string | undefined;

  constructor(bytes: Uint8Array, reading: BodyReading) {
    this.#bytes = bytes;
    this.#reading = reading;
  }

  take({ kind, name, start, end }: FoundValue): void {
    if (kind === 'item') this.#takeItem(start, end);
    // Its items were taken one by one.
    else if (this.#bytes[start] === OPEN_BRACKET && name === LIST) this.#members.set(name, []);
    else this.#members.set(name, this.#parse(start, end, name));
  }

  finish(isObject: boolean): BatchBody | Refusal {
    const issue = isObject ? this.#issue() : 'Input should be a valid dictionary';
    if (issue !== undefined) return refusal('invalid_request', issue);
    return { kind: 'batch-body', customIds: this.#customIds, paramsSpans: this.#paramsSpans };
  }

  #issue(): string | undefined {
    const outline = Object.fromEntries(this.#members);
    return (
      (Array.isArray(outline[LIST]) ? undefined : issueText(bodySchema, outline)) ??
      this.#sizeIssue() ??
      this.#itemIssue ??
      issueText(bodySchema, outline) ??
      (this.#twice === undefined ? undefined : ruleTexts.customIdTwice(this.#twice))
    );
  }

  #sizeIssue(): string | undefined {
    if (this.#items === 0) return ruleTexts.batchEmpty;
    if (this.#items <= BATCH_ITEMS_MAX) return undefined;
    return ruleTexts.batchTooLong(BATCH_ITEMS_MAX, this.#items);
  }

  #takeItem(start: number, end: number): void {
    const index = this.#items;
    this.#items += 1;
    if (index >= BATCH_ITEMS_MAX) return;
    const path = `requests.${String(index)}`;
    const bytes = this.#bytes.subarray(start, end);
    const scan = scanJsonObject(bytes, this.#reading.jsonBounds);
    if (scan.kind === 'malformed') throw new MalformedBody(`in ${path}, ${scan.detail}`);
    if (bytes.length <= this.#reading.itemBytesMax) this.#parse(start, end, path);
    const outline = scan.kind === 'object' ? outlineOf(bytes, scan.members) : undefined;
    this.#itemIssue ??= issueText(itemSchema, outline, path);
    const params = scan.kind === 'object' ? scan.members.get('params') : undefined;
    if (this.#itemIssue !== undefined || params === undefined) return;
    const customId = outline?.['custom_id'];
    assert(typeof customId === 'string', 'a custom_id that was checked is a string');
    if (this.#known.has(customId)) this.#twice ??= customId;
    this.#known.add(customId);
    this.#customIds.push(customId);
    this.#paramsSpans.push(start + params.start, start + params.end);
  }

  #parse(start: number, end: number, path: string): JsonValue {
    const parsed = parseJson(textOf(this.#bytes, start, end));
    if (parsed.kind === 'malformed') throw new MalformedBody(`in ${path}, ${parsed.detail}`);
    return parsed.value;
  }
}

/** An item as far as its structure goes: what is inside `params` is left out. */
function outlineOf(
  bytes: Uint8Array,
  members: ReadonlyMap<string, JsonSpan>,
): Readonly<Record<string, JsonValue>> {
  const entries = [...members].map(([name, { start, end }]): [string, JsonValue] => {
    if (name !== 'custom_id') return [name, bytes[start] === OPEN_BRACE ? {} : null];
    const parsed = parseJson(textOf(bytes, start, end));
    return [name, parsed.kind === 'value' ? parsed.value : null];
  });
  return Object.fromEntries(entries);
}

function issueText(schema: Schema, value: unknown, path = ''): string | undefined {
  const issue = checkSchema(schema, value);
  if (issue === undefined) return undefined;
  const place = [path, issue.path].filter((part) => part !== '').join('.');
  return `${place}: ${issue.text}`;
}
