import { createHash } from 'node:crypto';
import { checkSchema } from '../../messages/check-schema.ts';
import type { Refusal } from '../../messages/errors.ts';
import { refusal } from '../../messages/errors.ts';
import { messagesRequestSchema } from '../../messages/request-schema.ts';
import type { HeaderList, UpstreamRequest } from '../../messages/upstream.ts';
import { parseJson, textOf } from '../../std/json.ts';
import type { JsonValue } from '../../std/json.ts';
import { scanJsonObject } from '../../std/scan-json.ts';
import type { ApiVersion } from './api-versions.ts';
import { apiVersions, versionIssue } from './api-versions.ts';
import { bodyRules, issueText } from './body-rules.ts';
import { conversationRules } from './conversation-rules.ts';
import { countInput } from '../tokens/count-input.ts';
import { countTokensSchema } from './count-tokens-schema.ts';
import type { ModelFacts } from '../model-facts.ts';
import { modelRules } from './model-rules.ts';
import type { CheckedRequest } from './rule.ts';
import { firstBroken } from './rule.ts';
import { ruleTexts } from './rule-texts.ts';
import { toolRules } from './tool-rules.ts';

const MESSAGE_THREADS_BETA = 'message-threads-2026-08-12';
const LONG_CONTEXT_BETA = 'context-1m-2025-08-07';
const LONG_CONTEXT_TOKENS = 1_000_000;

/** Deeper than this no parser of the API's goes; the walks further on rely on it. */
const bounds = { depthMax: 128, keysMax: 1_000_000 };

/** A request that every rule was content with. */
export interface AcceptedRequest {
  readonly kind: 'accepted';
  readonly request: CheckedRequest;
  readonly facts: ModelFacts;
  readonly betas: ReadonlySet<string>;
  readonly inputTokens: number;
  /** How many tokens the window of the model holds for this request. */
  readonly windowTokens: number;
  /** Stands for the body without its `stream` member: both forms have the same answer. */
  readonly fingerprint: Uint8Array;
}

/** What a request is read against. */
export interface ReadingContext {
  readonly findModel: (name: string) => ModelFacts | undefined;
  /** Under which thinking was signed. */
  readonly signingKey: Uint8Array;
}

/** Checks a request as the API does, in its order (API reference §4.2), and stops at the first issue. */
export function readRequest(
  upstreamRequest: UpstreamRequest,
  context: ReadingContext,
): AcceptedRequest | Refusal {
  const parsed = readBody(upstreamRequest.body);
  if (parsed.kind === 'refusal') return parsed;
  const { headers, operation } = upstreamRequest;
  const version = readVersion(headerValue(headers, 'anthropic-version'));
  if ('kind' in version) return version;
  const isCount = operation === 'messages.count_tokens';
  const issue = checkSchema(isCount ? countTokensSchema : messagesRequestSchema, parsed.value);
  if (issue !== undefined) return refusal('invalid_request', issueText(issue, parsed.value));
  const request = parsed.value as unknown as CheckedRequest;
  const betas = betasOf(headers);
  const threaded = threadRefusal(request, betas);
  if (threaded !== undefined) return threaded;
  const outdated = versionIssue(request, version);
  if (outdated !== undefined) return refusal('invalid_request', outdated);
  return checkRules({ request, betas, context, body: parsed });
}

interface ReadBody {
  readonly kind: 'body';
  readonly value: JsonValue;
  readonly fingerprint: Uint8Array;
}

interface Checking {
  readonly request: CheckedRequest;
  readonly betas: ReadonlySet<string>;
  readonly context: ReadingContext;
  readonly body: ReadBody;
}

function checkRules({ request, betas, context, body }: Checking): AcceptedRequest | Refusal {
  const early = firstBroken(bodyRules, request);
  if (early !== undefined) return refusal('invalid_request', early);
  const facts = context.findModel(request.model);
  if (facts === undefined) return refusal('not_found', ruleTexts.modelUnknown(request.model));
  const rules = [...modelRules, ...conversationRules, ...toolRules];
  const broken = firstBroken(rules, { request, betas, facts, context });
  if (broken !== undefined) return refusal('invalid_request', broken);
  const inputTokens = countInput(request);
  const isLong = betas.has(LONG_CONTEXT_BETA);
  const windowTokens = Math.max(facts.contextTokens, isLong ? LONG_CONTEXT_TOKENS : 0);
  if (inputTokens > windowTokens) {
    return refusal('invalid_request', ruleTexts.promptTooLong(inputTokens, windowTokens));
  }
  const { fingerprint } = body;
  return { kind: 'accepted', request, facts, betas, inputTokens, windowTokens, fingerprint };
}

function readBody(bytes: Uint8Array): ReadBody | Refusal {
  const parsed = parseJson(textOf(bytes));
  if (parsed.kind === 'malformed') {
    return refusal('malformed_json', ruleTexts.malformedJson(parsed.detail));
  }
  const scan = scanJsonObject(bytes, bounds);
  if (scan.kind === 'malformed') {
    return refusal('malformed_json', ruleTexts.malformedJson(scan.detail));
  }
  const hash = createHash('sha256');
  if (scan.kind === 'object') {
    for (const [key, { start, end }] of scan.members) {
      if (key === 'stream') continue;
      hash.update(`${String(key.length)}:${key}`);
      hash.update(bytes.subarray(start, end));
    }
  }
  return { kind: 'body', value: parsed.value, fingerprint: hash.digest() };
}

function readVersion(name: string | undefined): ApiVersion | Refusal {
  if (name === undefined) return refusal('invalid_request', ruleTexts.versionMissing);
  return apiVersions.get(name) ?? refusal('invalid_request', ruleTexts.versionUnknown(name));
}

/**
 * Conversations that the server holds are a beta that not every server has; this code is how one
 * says so, and the SDK's tool runner goes on with the full history when it sees it.
 */
function threadRefusal(
  { thread }: CheckedRequest,
  betas: ReadonlySet<string>,
): Refusal | undefined {
  if (thread === undefined || thread === null) return undefined;
  if (!betas.has(MESSAGE_THREADS_BETA)) {
    return refusal('invalid_request', ruleTexts.notInVersion('thread'));
  }
  const details = { error_code: 'thread_unsupported_request', unsupported: ['thread'] };
  return refusal('invalid_request', ruleTexts.threadUnsupported, { details });
}

function betasOf(headers: HeaderList): ReadonlySet<string> {
  const value = headerValue(headers, 'anthropic-beta') ?? '';
  return new Set(value.split(',').map((name) => name.trim()));
}

/** A header that is given more than once counts as one with commas (RFC 9110 §5.3). */
function headerValue(headers: HeaderList, name: string): string | undefined {
  const values: string[] = [];
  for (let at = 0; at < headers.length; at += 2) {
    if (headers[at] === name) values.push(headers[at + 1] ?? '');
  }
  return values.length === 0 ? undefined : values.join(', ');
}
