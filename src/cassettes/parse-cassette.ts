import type {
  RecordedChunk,
  RecordedEnding,
  RecordedExchange,
} from '../messages/recorded-exchange.ts';
import { recordedOperations } from '../messages/recorded-exchange.ts';
import type { Operation } from '../messages/upstream.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject, parseJson } from '../std/json.ts';
import { cassetteHeader } from './cassette-format.ts';

/** An exchange and the line of the file that it stands in. */
export interface CassetteLine {
  readonly line: number;
  readonly exchange: RecordedExchange;
}

export type ParsedCassette =
  | { readonly kind: 'cassette'; readonly lines: readonly CassetteLine[] }
  | { readonly kind: 'broken'; readonly line: number; readonly detail: string };

/** Reads the text of a cassette. A last line without its end is still being written: left out. */
export function parseCassette(text: string): ParsedCassette {
  const reading = parseCassetteByLine(text);
  for (;;) {
    const { done, value } = reading.next();
    if (done === true) return value;
  }
}

/** The same, a line a step, for whoever has other things to do between them. */
export function* parseCassetteByLine(text: string): Generator<undefined, ParsedCassette> {
  const lines: CassetteLine[] = [];
  let line = 0;
  for (let start = 0, end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    line += 1;
    const content = text.slice(start, end);
    start = end + 1;
    if (content.trim() === '' && line > 1) continue;
    const read = readLine(line, content);
    if ('kind' in read) return read;
    if (line > 1) lines.push(read);
    yield;
  }
  if (line === 0) return { kind: 'broken', line: 1, detail: 'the file is empty' };
  return { kind: 'cassette', lines };
}

type BrokenCassette = Extract<ParsedCassette, { readonly kind: 'broken' }>;

/** What is wrong is said without a word of the text: it may be another file than somebody meant. */
function readLine(line: number, content: string): CassetteLine | BrokenCassette {
  const parsed = parseJson(content);
  if (parsed.kind === 'malformed') return { kind: 'broken', line, detail: 'not JSON' };
  const detail = line === 1 ? headerProblem(parsed.value) : exchangeProblem(parsed.value);
  if (detail !== undefined) return { kind: 'broken', line, detail };
  return { line, exchange: parsed.value as unknown as RecordedExchange };
}

function headerProblem(value: JsonValue): string | undefined {
  const { format, version } = cassetteHeader;
  if (!isJsonObject(value) || value['format'] !== format) return `not a cassette: no ${format}`;
  if (value['version'] === version) return undefined;
  return `version ${JSON.stringify(value['version'])} is not known; this is for ${String(version)}`;
}

/** What a member of an exchange must be, and how that is said. */
type Check = readonly [
  path: string,
  isRight: (value: JsonValue | undefined) => boolean,
  want: string,
];

const endings: ReadonlySet<string> = new Set<RecordedEnding>([
  'complete',
  'client_gone',
  'given_up',
  'idle-timeout',
  'cut',
  'reset',
  'too-large',
  'malformed',
  'shutdown',
]);

const checks: readonly Check[] = [
  ['operation', (value) => recordedOperations.has(value as Operation), 'an operation'],
  ['model', isTextOrAbsent, 'text'],
  ['recorded_at', isText, 'a time'],
  ['upstream', isText, 'text'],
  ['request.method', (value) => value === 'GET' || value === 'POST', 'GET or POST'],
  ['request.path', isText, 'text'],
  ['request.headers', isTexts, 'texts by name'],
  ['response.ended.how', (value) => isText(value) && endings.has(value as string), 'an ending'],
  ['response.ended.at_ms', isCount, 'milliseconds'],
];
const answerChecks: readonly Check[] = [
  ['response.status', isStatus, 'a status'],
  ['response.headers', isTexts, 'texts by name'],
  ['response.head_ms', isCount, 'milliseconds'],
  ['response.body_text', isTextOrAbsent, 'text'],
  ['response.chunks', isChunksOrAbsent, 'pairs of milliseconds and text, in order of time'],
];
const refusalChecks: readonly Check[] = [
  ['response.refused.code', isText, 'text'],
  ['response.refused.detail', isTextOrAbsent, 'text'],
  [
    'response.refused.retry_after_ms',
    (value) => value === undefined || isCount(value),
    'milliseconds',
  ],
  ['response.refused.details', (value) => value === undefined || isJsonObject(value), 'an object'],
];

function exchangeProblem(value: JsonValue): string | undefined {
  if (!isJsonObject(value)) return 'not an object';
  const isRefused = at(value, 'response.refused') !== undefined;
  const all = [...checks, ...(isRefused ? refusalChecks : answerChecks)];
  const wrong = all.find(([path, isRight]) => !isRight(at(value, path)));
  return wrong === undefined ? undefined : `${wrong[0]}: should be ${wrong[2]}`;
}

function at(value: JsonObject, path: string): JsonValue | undefined {
  let found: JsonValue | undefined = value;
  for (const name of path.split('.')) found = isJsonObject(found) ? found[name] : undefined;
  return found;
}

function isText(value: JsonValue | undefined): boolean {
  return typeof value === 'string';
}

function isTextOrAbsent(value: JsonValue | undefined): boolean {
  return value === undefined || isText(value);
}

function isCount(value: JsonValue | undefined): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isStatus(value: JsonValue | undefined): boolean {
  return Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 599;
}

function isTexts(value: JsonValue | undefined): boolean {
  return isJsonObject(value) && Object.values(value).every(isText);
}

function isChunksOrAbsent(value: JsonValue | undefined): boolean {
  if (value === undefined) return true;
  if (!Array.isArray(value)) return false;
  let lastMs = 0;
  return (value as readonly JsonValue[]).every((chunk) => {
    if (!Array.isArray(chunk) || chunk.length !== 2) return false;
    const [atMs, text] = chunk as unknown as RecordedChunk;
    const isRight = isCount(atMs) && isText(text) && atMs >= lastMs;
    lastMs = atMs;
    return isRight;
  });
}
