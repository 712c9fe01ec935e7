import type { Refusal } from '../../messages/errors.ts';
import type { Message, WireUsage } from '../../messages/response.ts';
import type { HeaderList } from '../../messages/upstream.ts';
import type { JsonObject } from '../../std/json.ts';
import { refuseAnswer, refuseError } from '../refuse-answer.ts';
import type { AnswerEncoder } from '../dialect.ts';
import { chatInputsHint } from './chat-inputs.ts';
import { asGatewayKeyRefused, refuseOwnKey } from './refuse-own-key.ts';
import type { RunOptions } from './read-run-options.ts';
import { IGNORED_INPUTS_HEADER, IGNORED_OPTIONS_HEADER, namesHeader } from './run-headers.ts';

/** What the answer to one run has to look like. */
export interface RunShape {
  readonly isStream: boolean;
  /** What an answer in one piece is put into. */
  readonly wrap: (result: JsonObject) => JsonObject;
  readonly options: Pick<RunOptions, 'ignored'>;
  /** Names of the inputs that had no effect. */
  readonly ignored: readonly string[];
  /** As the caller wrote it. */
  readonly model: string;
  /** The inputs' own names, to tell which of them an upstream's complaint is about. */
  readonly fields: ReadonlySet<string>;
  /** Whether the inputs look like those of another form: whoever refuses them should say so. */
  readonly isChatLike: boolean;
}

/** Encodes the answer to one run. Its streams are the canonical ones (Workers reference §1.9). */
export function createRunEncoder(shape: RunShape): AnswerEncoder {
  const refused = { isKnownModel: true, fields: shape.fields, model: shape.model };
  return {
    isStream: shape.isStream,
    encodeHeaders: (answered) => runHeaders(answered, shape),
    encodeMessage: (message) => ({
      headers: [],
      body: Buffer.from(JSON.stringify(shape.wrap(runResultOf(message)))),
    }),
    startStream: () => undefined,
    refuseAnswer: (answer) =>
      refuseOwnKey(answer) ??
      asUpstreamsNo(asGatewayKeyRefused(refuseAnswer(answer, refused), answer), shape),
    refuseError: (said) => asUpstreamsNo(refuseError(said, refused), shape),
  };
}

/** That the model's side said it makes another number of it than our own no. */
function asUpstreamsNo(said: Refusal, { isChatLike }: RunShape): Refusal {
  if (said.code !== 'invalid_request' || said.reason !== undefined) return said;
  const detail = isChatLike ? `${said.detail ?? ''}. ${chatInputsHint}` : said.detail;
  return { ...said, reason: 'upstream_request', ...(detail === undefined ? {} : { detail }) };
}

/**
 * The types are exact: with a charset the binding would take the JSON for a stream
 * (Workers reference §1.4).
 */
function runHeaders(answered: HeaderList, { isStream, options, ignored }: RunShape): HeaderList {
  const at = answered.indexOf('request-id');
  const upstreamId = at < 0 ? undefined : answered[at + 1];
  return [
    'content-type',
    isStream ? 'text/event-stream' : 'application/json',
    ...(isStream ? ['cache-control', 'no-cache'] : []),
    ...(upstreamId === undefined ? [] : ['x-upstream-request-id', upstreamId]),
    ...namesHeader(IGNORED_INPUTS_HEADER, ignored),
    ...namesHeader(IGNORED_OPTIONS_HEADER, options.ignored),
  ];
}

/**
 * A message as the published output schema has it: `usage` is closed to two counts, and those are
 * the API's own, so they are the same as in a stream. What the prompt cache had of it stands in
 * `gatewayMetadata`, where there was any: the schema is open there.
 */
export function runResultOf(message: Message): JsonObject {
  const { usage, ...rest } = message as unknown as Reported;
  const cached = cacheCounts(usage);
  return {
    ...rest,
    usage: { input_tokens: usage?.input_tokens ?? 0, output_tokens: usage?.output_tokens ?? 0 },
    gatewayMetadata: { keySource: 'Unified', ...(cached === undefined ? {} : { usage: cached }) },
  };
}

/** A message as an upstream may say it: the counts may be missing, for which the schema has no word. */
type Reported = JsonObject & { readonly usage?: Partial<WireUsage> };

function cacheCounts(usage: Partial<WireUsage> = {}): JsonObject | undefined {
  const { cache_creation_input_tokens: written, cache_read_input_tokens: read } = usage;
  if (!((written ?? 0) > 0 || (read ?? 0) > 0)) return undefined;
  return {
    cache_creation_input_tokens: written ?? null,
    cache_read_input_tokens: read ?? null,
  };
}
