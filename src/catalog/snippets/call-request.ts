import type { JsonObject, JsonValue } from '../../std/json.ts';
import type { SnippetOptions, SnippetRequest } from './snippet.ts';

/** A request as the writers of snippets take it. */
export interface CallRequest {
  readonly model: string;
  /** What is sent besides the model. */
  readonly members: readonly (readonly [string, JsonValue])[];
  /** Besides those that the form wants. */
  readonly headers: Readonly<Record<string, string>>;
  readonly isStream: boolean;
  /** Whether the answer may be calls of tools. */
  readonly hasTools: boolean;
  /** Whether it has what only the earlier version of the API takes. */
  readonly isOfEarlierVersion: boolean;
  /** Whether the SDKs would not wait for it without being told to. */
  readonly mayTakeLong: boolean;
  readonly baseUrl: string;
}

/** The address of a gateway that was started without a configuration. */
export const DEFAULT_BASE_URL = 'http://127.0.0.1:4114';

/** A scheme, a host, perhaps a port: nothing that any language would read as something else. */
const plainAddress =
  /^https?:\/\/[\w.-]{1,253}(?::\d{1,5})?$|^https?:\/\/\[[\da-fA-F:.]{2,45}\](?::\d{1,5})?$/;

/** Whether snippets may have an address in them. */
export function isPlainAddress(address: string): boolean {
  return plainAddress.test(address);
}

/** The version of the API that all members are of; the SDKs ask for a later one by themselves. */
export const EARLIER_VERSION = '2023-06-01';
const goneMembers = ['temperature', 'top_p', 'top_k'] as const;

/** From here on an SDK refuses to ask in one piece, unless it has been told how long to wait. */
const PROMPT_TOKENS_MAX = 8192;

/** Takes a request apart. The address has to be a plain one. */
export function callRequest(
  { model, body, headers = {} }: SnippetRequest,
  { baseUrl = DEFAULT_BASE_URL }: SnippetOptions,
): CallRequest {
  if (!isPlainAddress(baseUrl)) throw new Error(`not a plain address: ${baseUrl}`);
  const { model: _model, ...rest } = body;
  const isStream = rest['stream'] === true;
  return {
    model,
    members: Object.entries(rest),
    headers,
    isStream,
    hasTools: rest['tools'] !== undefined,
    isOfEarlierVersion: goneMembers.some((name) => rest[name] !== undefined),
    mayTakeLong: !isStream && outputBoundOf(rest) > PROMPT_TOKENS_MAX,
    baseUrl,
  };
}

function outputBoundOf({ max_tokens: bound }: JsonObject): number {
  return typeof bound === 'number' ? bound : 0;
}
