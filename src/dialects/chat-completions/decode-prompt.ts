import type { Refusal } from '../../messages/errors.ts';
import { isRefusal, refusal } from '../../messages/errors.ts';
import type { Tool, ToolChoice } from '../../messages/request.ts';
import type { JsonObject } from '../../std/json.ts';
import type { KnownModel } from '../dialect.ts';
import type { DecodedMessages } from './decode-messages.ts';
import { decodeMessages } from './decode-messages.ts';
import { decodeToolChoice } from './parameters/decode-tool-choice.ts';
import type { DecodedTools } from './parameters/decode-tools.ts';
import { decodeTools, stubTools } from './parameters/decode-tools.ts';

/** The conversation and the tools for it. */
export interface DecodedPrompt {
  readonly said: DecodedMessages;
  readonly tools: readonly Tool[];
  readonly choice: ToolChoice | undefined;
  readonly customTools: ReadonlySet<string>;
  readonly callsAs: DecodedTools['callsAs'];
  readonly ignored: readonly string[];
}

/** In all places together; API reference §6.1. */
const CACHE_MARKERS_MAX = 4;

export interface PromptContext {
  readonly model: KnownModel | undefined;
  /** Whether the request marks all of its prompt besides. */
  readonly isMarked: boolean;
}

export function decodePrompt(
  given: JsonObject,
  { model, isMarked }: PromptContext,
): DecodedPrompt | Refusal {
  const said = decodeMessages(given, { model });
  if (isRefusal(said)) return said;
  const offered = decodeTools(given, model);
  if (isRefusal(offered)) return offered;
  const chosen = decodeToolChoice(given, offered);
  if (isRefusal(chosen)) return chosen;
  const { customTools, callsAs } = offered;
  const ignored = [...said.ignored, ...offered.ignored, ...chosen.ignored];
  const { tools, choice } = chosen.tools.length > 0 ? chosen : stubsFor(said);
  return (
    tooManyMarkers(said, tools, isMarked) ?? { said, tools, choice, customTools, callsAs, ignored }
  );
}

/**
 * For a conversation that calls tools and a request that offers none: some upstreams refuse that,
 * so the names are offered and not to be called (chat reference §2.5, last row).
 */
function stubsFor({ calledTools }: DecodedMessages): Pick<DecodedPrompt, 'tools' | 'choice'> {
  const tools = stubTools(calledTools);
  return { tools, choice: tools.length === 0 ? undefined : { type: 'none' } };
}

/** Chat reference §2.9. */
function tooManyMarkers(
  said: DecodedMessages,
  tools: readonly Tool[],
  isMarked: boolean,
): Refusal | undefined {
  const ofTools = tools.filter((tool) => (tool['cache_control'] ?? null) !== null).length;
  const count = said.cacheMarkers + ofTools + (isMarked ? 1 : 0);
  if (count <= CACHE_MARKERS_MAX) return undefined;
  return refusal(
    'invalid_request',
    `A request has at most ${String(CACHE_MARKERS_MAX)} cache_control marks; this one has ${String(count)}.`,
    { param: 'cache_control' },
  );
}
