import { describe, expect, test } from 'vitest';
import { resolveModel } from '../../src/catalog/resolve-model.ts';
import { mergeTurns } from '../../src/emulator/rules/merge-turns.ts';
import type { CheckedRequest } from '../../src/emulator/rules/rule.ts';
import { countInput } from '../../src/emulator/tokens/count-input.ts';
import type { MessageParam } from '../../src/messages/request.ts';
import { parseJson } from '../../src/std/json.ts';
import type { Recording } from '../support/recordings.ts';
import { hasRecordings, readRecordings } from '../support/recordings.ts';

const MEDIAN_ERROR_MAX = 0.05;
const NINETIETH_ERROR_MAX = 0.15;

/** A recorded request, and the input tokens that the API counted for it. */
interface Counted {
  readonly name: string;
  readonly request: CheckedRequest;
  readonly recorded: number;
  readonly ours: number;
}

interface RecordedUsage {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens?: number | null;
  readonly cache_read_input_tokens?: number | null;
}

/** Only what was counted of the request alone: rounds of the API's own tools add what they found. */
function recordedTokens({ target, response }: Recording): number | undefined {
  const text = response.toString();
  if (target.startsWith('/v1/messages/count_tokens')) return tokensIn(usageIn(text));
  if (!text.trimStart().startsWith('{')) {
    const start = /^data: (\{.*"message_start".*\})\s*$/m.exec(text)?.[1];
    return start === undefined ? undefined : tokensIn(usageIn(start));
  }
  const usage = usageIn(text);
  return /"type": ?"(?:server|mcp)_tool_use"/.test(text) ? undefined : tokensIn(usage);
}

function usageIn(text: string): RecordedUsage | undefined {
  const parsed = parseJson(text);
  if (parsed.kind === 'malformed') return undefined;
  const body = parsed.value as {
    readonly usage?: RecordedUsage;
    readonly message?: { readonly usage?: RecordedUsage };
    readonly input_tokens?: number;
  };
  if (body.input_tokens !== undefined) return { input_tokens: body.input_tokens };
  return body.message?.usage ?? body.usage;
}

function tokensIn(usage: RecordedUsage | undefined): number | undefined {
  if (usage === undefined) return undefined;
  const cached = (usage.cache_creation_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0);
  return usage.input_tokens + cached;
}

function countedOf(recording: Recording): readonly Counted[] {
  const { name, json, status, target } = recording;
  const isCounted = /^\/v1\/messages(?:\/count_tokens)?(?:\?|$)/.test(target) && status === 200;
  const request = json as CheckedRequest | undefined;
  const facts = request === undefined ? undefined : resolveModel(request.model);
  if (!isCounted || request === undefined || facts === undefined) return [];
  // Edits leave out of the prompt what they clear.
  const isEdited = request.context_management !== undefined;
  const recorded = isEdited ? undefined : recordedTokens(recording);
  if (recorded === undefined) return [];
  const messages: readonly MessageParam[] = mergeTurns(request.messages) ?? request.messages;
  return [{ name, request, recorded, ours: countInput({ ...request, messages }, facts).total }];
}

/** Where the pictures and PDFs of a request are. */
function mediaSources({ request }: Counted): readonly string[] {
  const sources: string[] = [];
  JSON.stringify(request.messages, (_key, value: unknown) => {
    const { type, source } = (value ?? {}) as { type?: unknown; source?: { type?: unknown } };
    if (type !== 'image' && type !== 'document') return value;
    if (typeof source?.type === 'string' && source.type !== 'text') sources.push(source.type);
    return undefined;
  });
  return sources;
}

function hasMedia(one: Counted): boolean {
  return mediaSources(one).length > 0;
}

/** What stands behind a URL or an id is not in the recording. */
function isWhole(one: Counted): boolean {
  return mediaSources(one).every((source) => source === 'base64');
}

function errorsOf(counted: readonly Counted[]): number[] {
  return counted
    .map(({ ours, recorded }) => Math.abs(ours - recorded) / recorded)
    .toSorted((left, right) => left - right);
}

function atShare(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Infinity;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

const present = hasRecordings();
const counted = present ? readRecordings().flatMap(countedOf) : [];

const plainMembers: ReadonlySet<string> = new Set([
  'model',
  'max_tokens',
  'messages',
  'stream',
  'temperature',
  'metadata',
  'system',
]);

/** A question of a few words, at most with a system prompt: no tools, thinking, cache or format. */
function isPlainQuestion({ request }: Counted): boolean {
  const [first, ...others] = request.messages;
  if (first === undefined || others.length > 0) return false;
  const { content } = first;
  const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  const [block] = blocks;
  return (
    Object.keys(request).every((name) => plainMembers.has(name)) &&
    !JSON.stringify(request).includes('cache_control') &&
    blocks.length === 1 &&
    block !== undefined &&
    'text' in block &&
    block.text.length <= 80
  );
}

/** Counts that cannot be the API's: round figures, and one request that two recordings count as 10 and as 16. */
const inventedCounts = /TestTokenCounts|completion_anthropic(?:_v1_74_15)?\.yaml/;

describe.skipIf(!present)('input tokens against recorded usage', () => {
  test('a plain question is counted exactly', () => {
    const questions = counted.filter(
      (one) => isPlainQuestion(one) && !inventedCounts.test(one.name),
    );
    expect(questions.length).toBeGreaterThan(20);
    const wrong = questions.filter(({ ours, recorded }) => ours !== recorded);
    expect(wrong.map(({ name, ours, recorded }) => ({ name, ours, recorded }))).toEqual([]);
  });

  test.each([
    ['without images and PDFs', counted.filter((one) => !hasMedia(one)), 150],
    ['with images or PDFs in them', counted.filter((one) => hasMedia(one) && isWhole(one)), 15],
  ] as const)('requests %s: median at most 5 %, nine of ten within 15 %', (kind, cases, least) => {
    expect(cases.length).toBeGreaterThan(least);
    const errors = errorsOf(cases);
    const median = atShare(errors, 0.5);
    const ninetieth = atShare(errors, 0.9);
    process.stdout.write(
      `input tokens, ${String(cases.length)} requests ${kind}: ` +
        `median error ${percent(median)}, 90th percentile ${percent(ninetieth)}\n`,
    );
    expect(median).toBeLessThanOrEqual(MEDIAN_ERROR_MAX);
    expect(ninetieth).toBeLessThanOrEqual(NINETIETH_ERROR_MAX);
  });
});
