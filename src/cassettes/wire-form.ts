import type { ErrorCode } from '../messages/errors.ts';
import { errorEnvelope, errorTable, refusal } from '../messages/errors.ts';
import type { RecordedRefusal, RecordedResponse } from '../messages/recorded-exchange.ts';
import { isRecordedRefusal, isRecordedStream } from '../messages/recorded-exchange.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject, parseJson } from '../std/json.ts';
import { readEventLines } from './read-event-lines.ts';

/** The form of an answer without its words: by facet, what it is. Two answers of one form are equal. */
export type WireForm = ReadonlyMap<string, string>;

const DEPTH_MAX = 6;
/** Below these members anything may stand: their shape is the tool's, not the API's. */
const freeForm: ReadonlySet<string> = new Set(['input', 'details']);

/** The wire form of an answer: what a client's code depends on, and what changes when the API does. */
export function wireFormOf(response: RecordedResponse): WireForm {
  const form = new Facets();
  form.set('ended', response.ended.how);
  if (isRecordedRefusal(response)) {
    addRefusal(form, response);
    return form.facets;
  }
  form.set('status', String(response.status));
  for (const name of Object.keys(response.headers)) form.set(`header ${name}`, 'present');
  if (isRecordedStream(response)) {
    addStream(form, response.chunks.map(([, text]) => text).join(''));
  } else {
    addBody(form, bodyOf(response.body, response.body_text));
  }
  return form.facets;
}

/** Facets while they are gathered; one that is seen as several things is all of them. */
class Facets {
  readonly facets = new Map<string, string>();

  set(facet: string, value: string): void {
    const known = this.facets.get(facet)?.split(' | ') ?? [];
    if (!known.includes(value)) this.facets.set(facet, [...known, value].toSorted().join(' | '));
  }

  /** Members and the types of their values, as far down as the API decides them. */
  shape(value: JsonValue | undefined, path: string, depth = 0): void {
    if (value === undefined || depth > DEPTH_MAX) return;
    this.set(path, typeOf(value));
    if (Array.isArray(value)) {
      for (const item of value as readonly JsonValue[]) {
        this.shape(item, `${path}[]${kindOf(item)}`, depth + 1);
      }
    } else if (isJsonObject(value)) {
      for (const [name, held] of Object.entries(value)) {
        if (freeForm.has(name)) this.set(`${path}.${name}`, typeOf(held));
        else this.shape(held, `${path}.${name}${kindOf(held)}`, depth + 1);
      }
    }
  }
}

/** The `type` that an object of the wire names. */
function typeName({ type }: JsonObject): string {
  return typeof type === 'string' ? type : 'none';
}

function typeOf(value: JsonValue): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** Blocks and deltas of different types have members of their own. */
function kindOf(value: JsonValue): string {
  const type = isJsonObject(value) ? value['type'] : undefined;
  return typeof type === 'string' ? `(${type})` : '';
}

/** A refusal has the form that callers see of it, but for headers, which it has none of yet. */
function addRefusal(form: Facets, { refused }: RecordedRefusal): void {
  const { code, detail, details } = refused;
  if (!Object.hasOwn(errorTable, code)) {
    form.set('refused', code);
    return;
  }
  const known = code as ErrorCode;
  form.set('status', String(errorTable[known].status));
  const said = refusal(known, detail, details === undefined ? {} : { details });
  addBody(form, errorEnvelope(said, '') as unknown as JsonObject);
}

function bodyOf(body: JsonValue | undefined, text: string | undefined): JsonValue | undefined {
  if (text === undefined) return body;
  const parsed = parseJson(text);
  return parsed.kind === 'value' ? parsed.value : text;
}

function addBody(form: Facets, body: JsonValue | undefined): void {
  form.shape(body, 'body');
  if (!isJsonObject(body)) return;
  addError(form, body['error']);
  addStopReason(form, body);
  const { content } = body;
  if (!Array.isArray(content)) return;
  form.set('blocks', (content as readonly JsonValue[]).map(kindOf).join(' '));
}

function addError(form: Facets, error: JsonValue | undefined): void {
  if (!isJsonObject(error)) return;
  form.set('error type', typeName(error));
  const { message } = error;
  if (typeof message === 'string') form.set('error message', withoutCounts(message));
}

function addStopReason(form: Facets, holder: JsonValue | undefined): void {
  const reason = isJsonObject(holder) ? holder['stop_reason'] : undefined;
  if (typeof reason === 'string') form.set('stop_reason', reason);
}

/** Ids and numbers of a message are of the moment; its words are the API's. */
function withoutCounts(message: string): string {
  return message.replaceAll(/\b[a-z]+_[0-9A-Za-z]{8,}\b/g, '<id>').replaceAll(/\d+/g, '<n>');
}

function addStream(form: Facets, text: string): void {
  const events = readEventLines(text).flatMap(({ event }) => (event === undefined ? [] : [event]));
  const blocks: string[] = [];
  let deltas: string[] = [];
  let block = '';
  for (const event of events) {
    const type = typeName(event);
    // Whether there is a ping at all is up to the time that the rest took.
    if (type !== 'ping') form.shape(event, `event ${type}`);
    addError(form, event['error']);
    addStopReason(form, event['delta']);
    if (type === 'content_block_start') {
      block = kindOf(event['content_block'] ?? null);
      blocks.push(block);
      deltas = [];
    } else if (type === 'content_block_delta') {
      const kind = kindOf(event['delta'] ?? null);
      if (deltas.at(-1) !== kind) deltas.push(kind);
    } else if (type === 'content_block_stop') {
      form.set(`deltas of ${block}`, deltas.join(' '));
    }
  }
  form.set('blocks', blocks.join(' '));
  form.set('order of events', orderOf(events));
}

/** Types in their order; how many deltas and blocks of one kind there are is up to the words. */
function orderOf(events: readonly JsonObject[]): string {
  const order: string[] = [];
  let sawPing = false;
  for (const event of events) {
    const type = typeName(event);
    // Later pings come when nothing else does: they are of the moment.
    const isLatePing = type === 'ping' && (sawPing || order.includes('content_block_delta'));
    sawPing ||= type === 'ping';
    if (!isLatePing && order.at(-1) !== type) order.push(type);
  }
  return collapseBlocks(order).join(' ');
}

const blockEnd = 'content_block_stop';

/** A block that is followed by another of the same events is said once. */
function collapseBlocks(order: readonly string[]): readonly string[] {
  const kept: string[] = [];
  let lastBlock = '';
  let block: string[] = [];
  for (const type of order) {
    block.push(type);
    if (type !== blockEnd && type.startsWith('content_block')) continue;
    if (type !== blockEnd) {
      kept.push(...block);
      block = [];
      lastBlock = type === 'ping' ? lastBlock : '';
      continue;
    }
    const text = block.join(' ');
    if (text !== lastBlock) kept.push(...block);
    lastBlock = text;
    block = [];
  }
  return [...kept, ...block];
}
