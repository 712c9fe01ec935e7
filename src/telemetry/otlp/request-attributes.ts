import type { Attributes } from '@opentelemetry/api';
import type { AttemptDetail, RequestRecord } from '../request-log.ts';
import type { RequestUsage } from '../request-usage.ts';

/** What is known of an upstream by its configuration. */
export interface KnownUpstream {
  /** Who runs its models, in the words of the conventions. */
  readonly provider: string | undefined;
  readonly host: string | undefined;
  readonly port: number | undefined;
}

/** Upstreams by name. */
export type FindUpstream = (name: string) => KnownUpstream | undefined;

const NANO = 1_000_000_000;
const REFUSED_FROM = 400;

/** Operations that have a name in the conventions for generative AI. */
const operationNames: Readonly<Record<string, string>> = {
  'messages.create': 'chat',
  'complete.create': 'text_completion',
};

/** The name of the span of a request: `chat {model}`; other operations are called as they are. */
export function spanNameOf({ operation, model }: RequestRecord): string {
  const known = operationNames[operation];
  if (known === undefined) return operation;
  return model === undefined ? known : `${known} ${model}`;
}

/** What the span of a request says, by the semantic conventions for generative AI; never what was said. */
export function requestAttributes(record: RequestRecord, find: FindUpstream): Attributes {
  const { usage, trail, money, edits } = record;
  const operation = operationNames[record.operation];
  return defined({
    'gen_ai.operation.name': operation,
    'gen_ai.request.model': operation === undefined ? undefined : record.model,
    'gen_ai.response.model': operation === undefined ? undefined : trail?.at(-1)?.model,
    ...upstreamAttributes(record.upstream, find),
    ...usageAttributes(usage),
    'gen_ai.response.finish_reasons':
      record.stopReason === undefined ? undefined : [record.stopReason],
    'http.response.status_code': record.status,
    'error.type': errorTypeOf(record),
    'quatrain.request_id': record.requestId,
    'quatrain.account': record.account,
    'quatrain.key_id': record.keyId,
    'quatrain.form': record.dialect,
    'quatrain.operation': record.operation,
    'quatrain.upstream': record.upstream,
    'quatrain.attempts': record.attempts,
    'quatrain.is_stream': record.isStream,
    'quatrain.edits': edits === undefined ? undefined : [...edits],
    'quatrain.cost_usd':
      money?.costNanoUsd === undefined ? undefined : Number(money.costNanoUsd) / NANO,
  });
}

/** What the span of an attempt says. */
export function attemptAttributes(attempt: AttemptDetail, find: FindUpstream): Attributes {
  const { upstream, credential, model, status, errorCode } = attempt;
  return defined({
    ...upstreamAttributes(upstream, find),
    'gen_ai.request.model': model,
    'http.response.status_code': status,
    'error.type': errorTypeOf({ status: status ?? 0, errorCode }),
    'quatrain.upstream': upstream,
    'quatrain.attempt': attempt.attempt,
    'quatrain.credential': credential,
  });
}

/** What the figures of a request are told apart by; models and upstreams are few. */
export function figureAttributes(
  record: RequestRecord,
  model: string,
  find: FindUpstream,
): Attributes {
  return defined({
    'gen_ai.operation.name': operationNames[record.operation],
    'gen_ai.request.model': model,
    ...upstreamAttributes(record.upstream, find),
    'error.type': errorTypeOf(record),
  });
}

/** How it failed; undefined where it did not. */
export function errorTypeOf({
  status,
  errorCode,
}: Pick<RequestRecord, 'status' | 'errorCode'>): string | undefined {
  return errorCode ?? (status >= REFUSED_FROM ? String(status) : undefined);
}

/** All input, whatever of it came from the cache or went there: unknown where that is not known. */
export function inputTokensOf(usage: RequestUsage): number | undefined {
  const { inputTokens, cacheReadTokens = 0, cacheWriteTokens = 0 } = usage;
  return inputTokens === undefined ? undefined : inputTokens + cacheReadTokens + cacheWriteTokens;
}

function usageAttributes(usage: RequestUsage): Partially {
  return {
    'gen_ai.usage.input_tokens': inputTokensOf(usage),
    'gen_ai.usage.output_tokens': usage.outputTokens,
    'gen_ai.usage.cache_read.input_tokens': usage.cacheReadTokens,
    'gen_ai.usage.cache_creation.input_tokens': usage.cacheWriteTokens,
  };
}

function upstreamAttributes(name: string | undefined, find: FindUpstream): Partially {
  const known = name === undefined ? undefined : find(name);
  return {
    'gen_ai.provider.name': known?.provider ?? name,
    'server.address': known?.host,
    'server.port': known?.port,
  };
}

type Partially = Readonly<Record<string, string | number | boolean | string[] | undefined>>;

function defined(attributes: Partially): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
