import { checkSchema } from '../../messages/check-schema.ts';
import type { Refusal } from '../../messages/errors.ts';
import { refusal } from '../../messages/errors.ts';
import { messagesRequestSchema } from '../../messages/request-schema.ts';
import type { UpstreamRequest } from '../../messages/upstream.ts';
import type { JsonObject } from '../../std/json.ts';
import type { EmulatorFile } from '../emulator-file.ts';
import type { ApiVersion } from './api-versions.ts';
import { apiVersions, versionIssue } from './api-versions.ts';
import { readBetas } from './betas.ts';
import { bodyRules, issueText } from './body-rules.ts';
import { cacheRules } from './cache-rules.ts';
import { editContext } from '../context/edit-context.ts';
import { conversationRules } from './conversation-rules.ts';
import type { CountedInput } from '../tokens/count-input.ts';
import { countTokensSchema } from './count-tokens-schema.ts';
import { featureRules } from './feature-rules.ts';
import { fileIdsIn } from './file-ids-in.ts';
import { formatRules } from './format-rules.ts';
import { headerValue } from './header-value.ts';
import { mcpRules } from './mcp-rules.ts';
import { mediaRules } from './media-rules.ts';
import { mergeTurns } from './merge-turns.ts';
import type { ModelFacts } from '../model-facts.ts';
import { modelRules } from './model-rules.ts';
import type { ReadBody } from './read-body.ts';
import { fingerprintOf, readBody } from './read-body.ts';
import type { CheckedRequest, Rule } from './rule.ts';
import { firstBroken } from './rule.ts';
import { ruleTexts } from './rule-texts.ts';
import { seeFiles } from './see-files.ts';
import { serverToolRules } from './server-tool-rules.ts';
import { systemTurnRules } from './system-turn-rules.ts';
import { thinkingBlockRules } from './thinking-rules.ts';
import { toolRules } from './tool-rules.ts';

const LONG_CONTEXT_BETA = 'context-1m-2025-08-07';

/** What is checked once the model is known, in this order; the first that is broken is said. */
const rules: readonly Rule[] = [
  ...systemTurnRules,
  ...modelRules,
  ...featureRules,
  ...cacheRules,
  ...conversationRules,
  ...thinkingBlockRules,
  ...serverToolRules,
  ...toolRules,
  ...mcpRules,
  ...formatRules,
  ...mediaRules,
];

/** A request that every rule was content with. */
export interface AcceptedRequest {
  readonly kind: 'accepted';
  readonly request: CheckedRequest;
  /** The same with the content of files in place of their ids: what the answer is about. */
  readonly seenRequest: CheckedRequest;
  readonly facts: ModelFacts;
  readonly betas: ReadonlySet<string>;
  readonly inputTokens: number;
  /** The same by place in the prompt. */
  readonly counted: CountedInput;
  /** What was left out of the context, as the answer says it. */
  readonly appliedEdits: readonly JsonObject[];
  /** What the prompt was before that. */
  readonly originalInputTokens: number;
  /** How many tokens the window of the model holds for this request. */
  readonly windowTokens: number;
  /** Stands for the body without its `stream` member: both forms have the same answer. */
  readonly fingerprint: Uint8Array;
  /** Whether the request is one of a batch. */
  readonly isBatch: boolean;
  /** Whether its answer is to be a JSON object, though no format in it says so. */
  readonly wantsJsonObject: boolean;
}

/** What a request is read against. */
export interface ReadingContext {
  readonly findModel: (name: string) => ModelFacts | undefined;
  /** Under which thinking was signed. */
  readonly signingKey: Uint8Array;
  /** Whether signatures of the real API's form, which nobody else can check, are taken. */
  readonly foreignSignatures: 'accept' | 'refuse';
  /** A file of an account. Where absent, no file is looked for. */
  readonly findFile?: (account: string, id: string) => EmulatorFile | undefined;
}

/** Checks a request as the API does, in its order (API reference §4.2), and stops at the first issue. */
export function readRequest(
  upstreamRequest: UpstreamRequest,
  context: ReadingContext,
): AcceptedRequest | Refusal {
  const body = readBody(upstreamRequest.body);
  if (body.kind === 'refusal') return body;
  const { headers, operation, account, isBatch = false, wantsJsonObject = false } = upstreamRequest;
  const version = readVersion(headerValue(headers, 'anthropic-version'));
  if ('kind' in version) return version;
  const read = readBetas(headers);
  if (read.kind === 'unknown') return refusal('invalid_request', read.text);
  const { betas } = read;
  const schema = operation === 'messages.count_tokens' ? countTokensSchema : messagesRequestSchema;
  const issue = checkSchema(schema, body.value, betas);
  if (issue !== undefined) return refusal('invalid_request', issueText(issue));
  const request = body.value as unknown as CheckedRequest;
  if (isSet(request.thread)) return threadRefusal();
  const outdated = versionIssue(request, version);
  if (outdated !== undefined) return refusal('invalid_request', outdated);
  return checkRules({ request, betas, context, body, account, isBatch, wantsJsonObject });
}

interface Checking {
  readonly request: CheckedRequest;
  readonly betas: ReadonlySet<string>;
  readonly context: ReadingContext;
  readonly body: ReadBody;
  readonly account: string;
  readonly isBatch: boolean;
  readonly wantsJsonObject: boolean;
}

function checkRules(checking: Checking): AcceptedRequest | Refusal {
  const { request, betas, context, body } = checking;
  const early = firstBroken(bodyRules, request);
  if (early !== undefined) return refusal('invalid_request', early);
  const facts = context.findModel(request.model);
  if (facts === undefined) return refusal('not_found', ruleTexts.modelUnknown(request.model));
  const { findFile = () => undefined } = context;
  const seen = seeFiles(request, (id) => findFile(checking.account, id));
  const broken = firstBroken(rules, { request: seen, betas, facts, context });
  if (broken !== undefined) return refusal('invalid_request', broken);
  const missing = missingFile(checking);
  if (missing !== undefined) return refusal('not_found', ruleTexts.fileUnknown(missing));
  const messages = mergeTurns(request.messages);
  const merged = messages === undefined ? request : { ...request, messages };
  const mergedSeen = { ...seen, messages: mergeTurns(seen.messages) ?? seen.messages };
  const edited = editContext(merged, mergedSeen, facts);
  const inputTokens = edited.counted.total;
  const windowTokens = windowOf(facts, betas);
  const tooLong = lengthIssue({ request, facts, inputTokens, windowTokens });
  if (tooLong !== undefined) return refusal('invalid_request', tooLong);
  const fingerprint = fingerprintOf(body, messages);
  return {
    kind: 'accepted',
    request: edited.request,
    seenRequest: edited.seen,
    facts,
    betas,
    inputTokens,
    counted: edited.counted,
    appliedEdits: edited.appliedEdits,
    originalInputTokens: edited.originalInputTokens,
    windowTokens,
    fingerprint,
    isBatch: checking.isBatch,
    wantsJsonObject: checking.wantsJsonObject,
  };
}

function missingFile({ request, context, account }: Checking): string | undefined {
  const { findFile } = context;
  if (findFile === undefined) return undefined;
  return fileIdsIn(request).find((id) => findFile(account, id) === undefined);
}

function windowOf(facts: ModelFacts, betas: ReadonlySet<string>): number {
  const long = betas.has(LONG_CONTEXT_BETA) ? (facts.longContextTokens ?? 0) : 0;
  return Math.max(facts.contextTokens, long);
}

interface Lengths extends Pick<AcceptedRequest, 'request' | 'facts' | 'inputTokens'> {
  readonly windowTokens: number;
}

/**
 * Whether the prompt fits into the window; with older models the answer must fit beside it. A
 * count is there to be asked, so it is not refused.
 */
function lengthIssue({ request, facts, inputTokens, windowTokens }: Lengths): string | undefined {
  const { max_tokens: output } = request;
  if (output === undefined) return undefined;
  if (inputTokens > windowTokens) return ruleTexts.promptTooLong(inputTokens, windowTokens);
  return facts.reservesOutputInContext && inputTokens + output > windowTokens
    ? ruleTexts.inputAndOutputTooLong(inputTokens, output, windowTokens)
    : undefined;
}

function readVersion(name: string | undefined): ApiVersion | Refusal {
  if (name === undefined) return refusal('invalid_request', ruleTexts.versionMissing);
  return apiVersions.get(name) ?? refusal('invalid_request', ruleTexts.versionUnknown(name));
}

/**
 * Conversations that the server holds are a beta that not every server has; this code is how one
 * says so, and the SDK's tool runner goes on with the full history when it sees it.
 */
function threadRefusal(): Refusal {
  const details = { error_code: 'thread_unsupported_request', unsupported: ['thread'] };
  return refusal('invalid_request', ruleTexts.threadUnsupported, { details });
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
