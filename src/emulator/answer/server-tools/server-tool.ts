import type { Citation, ServerToolResultType } from '../../../messages/content-blocks.ts';
import type { Tool } from '../../../messages/request.ts';
import type { JsonObject, JsonValue } from '../../../std/json.ts';
import type { ConversationView } from '../conversation-view.ts';
import type { DeterministicRandom } from '../../deterministic-random.ts';
import type { CheckedRequest } from '../../rules/rule.ts';

/**
 * A tool that the API runs itself, emulated: nothing is searched, fetched or run. What comes back has
 * the documented form, follows from the request, and says that it is emulated.
 */
export interface ServerTool {
  readonly kind: 'server';
  /** The name in `server_tool_use`, where it is not the tool's own. */
  readonly calledName?: string;
  readonly resultType: ServerToolResultType;
  /** Whether the result says who called. */
  readonly resultNamesCaller?: boolean;
  /** Whether it runs in a container, which the answer then names. */
  readonly runsInContainer?: boolean;
  /** Whether there is anything for it to do unless it is forced; there is where this is absent. */
  readonly isUseful?: (request: CheckedRequest) => boolean;
  /** An input that makes sense for the conversation. */
  readonly input: (world: ServerToolWorld) => JsonObject;
  readonly run: (input: JsonObject, world: ServerToolWorld) => ServerToolOutcome;
}

/** What a server tool may look at. */
export interface ServerToolWorld {
  readonly request: CheckedRequest;
  /** As the caller declared it, options and all; absent where a turn goes on without it. */
  readonly tool: Tool | undefined;
  readonly view: ConversationView;
  readonly random: DeterministicRandom;
  /** Midnight before the request, in milliseconds since the Unix epoch. */
  readonly dayMs: number;
}

/** What a server tool came back with. */
export interface ServerToolOutcome {
  /** The `content` of the result block. */
  readonly content: JsonValue;
  /** What the answer then says of it. */
  readonly said: string;
  /** What the answer may cite. */
  readonly passages: readonly Passage[];
  /** Deferred tools that came to light. */
  readonly foundTools: readonly string[];
}

/** Words of the answer with the place that they are taken from. */
export interface Passage {
  readonly text: string;
  readonly citation: Citation;
}

/** The documented error object of a server tool (API reference §3.1). */
export function errorOutcome(
  type: ServerToolResultType,
  errorCode: string,
  message?: string,
): ServerToolOutcome {
  const error = { type: `${type}_error`, error_code: errorCode };
  return {
    content: message === undefined ? error : { ...error, error_message: message },
    said: `The emulated tool answered with the error ${errorCode}.`,
    passages: [],
    foundTools: [],
  };
}

/** An option of a tool that must be a list of texts. */
export function textOptions(tool: Tool | undefined, name: string): readonly string[] {
  const value = (tool as Readonly<Record<string, unknown>> | undefined)?.[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
