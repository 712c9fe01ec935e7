import type { PriceClass } from '../catalog/price-store.ts';
import type { ModelFacts } from '../emulator/model-facts.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject, parseJson, textOf } from '../std/json.ts';
import type { JsonBounds, JsonSpan } from '../std/scan-json.ts';
import { scanJsonObject } from '../std/scan-json.ts';
import type { BodyMarks } from './body-marks.ts';
import { readBodyMarks } from './body-marks.ts';
import { boundMedia } from './bound-media.ts';
import { boundServerTools } from './bound-server-tools.ts';
import type { CacheTtl } from './charge-of.ts';

/** What a request says of its own price. */
export interface AskedTerms {
  /** What writes to the cache were asked for that a usage does not tell apart. */
  readonly unsplitWritesLast: CacheTtl;
  /** Whether it is answered in one region by the caller's wish. */
  readonly isUsGeo: boolean;
  /** Whether it asks for the speed that has a price of its own. */
  readonly isFast: boolean;
}

/** The most that a request can use, as far as it can be told before it runs (wallet reference §4.2). */
export interface RequestBounds extends AskedTerms {
  readonly inputTokens: number;
  /** The dearest class that its input may be of. */
  readonly inputClass: PriceClass;
  readonly outputTokensMax: number;
  /** Output that cannot be watched while it comes; part of the above. */
  readonly unseenOutputTokens: number;
  readonly webSearches: number;
}

export interface BoundQuestion {
  readonly body: Uint8Array;
  readonly facts: ModelFacts;
  /** Values of `anthropic-beta`. */
  readonly betas: readonly string[];
  /** Whether the answer is watched while it comes. */
  readonly isStream: boolean;
  readonly jsonBounds: JsonBounds;
}

const BYTES_A_TOKEN = 2;
/** What a schema for the answer is told with, and what being asked to cite. */
const FORMAT_TOKENS = 100;
const CITATIONS_TOKENS = 750;
const LONG_CONTEXT_BETA = 'context-1m-2025-08-07';
const INTERLEAVED_BETA = 'interleaved-thinking-2025-05-14';

export function boundRequest(question: BoundQuestion): RequestBounds {
  const { body, facts, betas, isStream } = question;
  const marks = readBodyMarks(body);
  const request = membersOf(question, marks.mayHaveMedia);
  const window = windowOf(facts, betas);
  const media = marks.mayHaveMedia ? boundMedia(request, facts) : { tokens: 0, letters: 0 };
  const tools = boundServerTools(request);
  const written = Math.ceil((body.length - media.letters) / BYTES_A_TOKEN);
  const around = aroundTokens(request, facts) + (marks.mayHaveCitations ? CITATIONS_TOKENS : 0);
  const inputTokens = Math.min(window, written + around + media.tokens + tools.inputTokens);
  const { cacheTtl } = marks;
  return {
    inputTokens,
    inputClass: cacheTtl === undefined ? 'input' : `cache_write_${cacheTtl}`,
    ...boundOutput(request, { facts, betas, isStream, inputTokens, window }),
    webSearches: tools.webSearches,
    ...termsIn(request, marks),
  };
}

/** What a request asks for that changes its price; without its bounds. */
export function readAskedTerms(body: Uint8Array, jsonBounds: JsonBounds): AskedTerms {
  return termsIn(membersOf({ body, jsonBounds }, false), readBodyMarks(body));
}

function termsIn(request: JsonObject, { cacheTtl = '5m' }: BodyMarks): AskedTerms {
  return {
    unsplitWritesLast: cacheTtl,
    isUsGeo: request['inference_geo'] === 'us',
    isFast: request['speed'] === 'fast',
  };
}

/** What stands in the body in few bytes and decides; read with the rest where all is read. */
const small: readonly string[] = [
  'max_tokens',
  'thinking',
  'inference_geo',
  'speed',
  'mcp_servers',
  'output_config',
  'output_format',
];
/** A tool of the API's own has a type with a date in it. */
const builtInType = /_20\d{6}"|"mcp_toolset"|\\u00/;

/** The members that a bound looks at; `all` parses the conversation too. */
function membersOf(
  { body, jsonBounds }: Pick<BoundQuestion, 'body' | 'jsonBounds'>,
  all: boolean,
): JsonObject {
  const scan = scanJsonObject(body, jsonBounds);
  if (scan.kind !== 'object') return {};
  const read = (span: JsonSpan): JsonValue | undefined => {
    const parsed = parseJson(textOf(body, span.start, span.end));
    return parsed.kind === 'value' ? parsed.value : undefined;
  };
  const members: Record<string, JsonValue> = {};
  const take = (name: string, isWanted: (span: JsonSpan) => boolean): void => {
    const span = scan.members.get(name);
    const value = span === undefined || !isWanted(span) ? undefined : read(span);
    if (value !== undefined) members[name] = value;
  };
  for (const name of small) take(name, () => true);
  take('tools', ({ start, end }) => builtInType.test(textOf(body, start, end)));
  if (members['tools'] === undefined && scan.members.has('tools')) members['tools'] = [];
  for (const name of ['messages', 'system']) take(name, () => all);
  return members;
}

function windowOf(facts: ModelFacts, betas: readonly string[]): number {
  const { contextTokens, longContextTokens = contextTokens } = facts;
  return betas.includes(LONG_CONTEXT_BETA) ? longContextTokens : contextTokens;
}

/** What the API puts around what was written. */
function aroundTokens(request: JsonObject, facts: ModelFacts): number {
  const { tokenizer, toolsPromptTokens, thinkingPromptTokens } = facts;
  const { free, forced } = toolsPromptTokens;
  const { enabled, adaptive } = thinkingPromptTokens;
  const hasFormat = 'output_config' in request || 'output_format' in request;
  const thinks = 'thinking' in request || facts.thinking.unset === 'adaptive';
  return (
    tokenizer.frameTokens +
    ('tools' in request ? Math.max(free, forced) : 0) +
    (thinks ? Math.max(enabled, adaptive) : 0) +
    (hasFormat ? FORMAT_TOKENS : 0)
  );
}

interface OutputQuestion extends Pick<BoundQuestion, 'facts' | 'betas' | 'isStream'> {
  readonly inputTokens: number;
  readonly window: number;
}

/**
 * Thinking counts within `max_tokens`, but for a budget between calls of tools, which may be larger.
 * What is shown of it is a summary: its tokens are not seen.
 */
function boundOutput(
  request: JsonObject,
  { facts, betas, isStream, inputTokens, window }: OutputQuestion,
): Pick<RequestBounds, 'outputTokensMax' | 'unseenOutputTokens'> {
  const asked = Math.min(window, countOf(request['max_tokens']) ?? facts.maxOutputTokens);
  const hidden = hiddenTokens(request['thinking'], facts, window);
  const isInterleaved =
    betas.includes(INTERLEAVED_BETA) && hidden !== 'any' && hidden > 0 && 'tools' in request;
  const outputTokensMax = isInterleaved
    ? Math.max(asked, Math.min(window - inputTokens, asked + hidden))
    : asked;
  const isUnseen = !isStream || hidden === 'any';
  return {
    outputTokensMax,
    unseenOutputTokens: isUnseen ? outputTokensMax : Math.min(outputTokensMax, hidden),
  };
}

/** How much may be thought; `any` where the model decides that. */
function hiddenTokens(
  thinking: JsonValue | undefined,
  facts: ModelFacts,
  window: number,
): number | 'any' {
  const type = isJsonObject(thinking) ? thinking['type'] : undefined;
  if (type === 'disabled') return 0;
  if (type === 'adaptive') return 'any';
  if (type === undefined) return facts.thinking.unset === 'adaptive' ? 'any' : 0;
  const budget = isJsonObject(thinking) ? countOf(thinking['budget_tokens']) : undefined;
  return budget === undefined ? 'any' : Math.min(window, budget);
}

function countOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
