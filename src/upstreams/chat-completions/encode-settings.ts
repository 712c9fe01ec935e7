import type { EngineQuirks } from '../../config/engine-quirks.ts';
import type { MessagesRequest, OutputConfig } from '../../messages/request.ts';
import type { JsonObject } from '../../std/json.ts';
import type { EngineRequest } from './engine-request.ts';

/** The name that a schema has to have in this form. */
const SCHEMA_NAME = 'output';

/** Sampling, bounds and who asks; chat reference §2.2. */
export function encodeSampling(
  request: MessagesRequest,
  quirks: EngineQuirks,
): Partial<EngineRequest> {
  const { temperature, top_p, top_k, stop_sequences: stops = [], service_tier: tier } = request;
  const user = request.metadata?.user_id ?? undefined;
  return {
    [quirks.max_tokens_as]: request.max_tokens,
    ...(temperature === undefined ? {} : { temperature }),
    ...(top_p === undefined ? {} : { top_p }),
    ...(top_k === undefined || !quirks.takes_top_k ? {} : { top_k }),
    ...(stops.length === 0
      ? {}
      : { [quirks.request_as === 'native' ? 'stop_sequences' : 'stop']: stops }),
    ...(user === undefined ? {} : { user }),
    ...(tier === undefined || !quirks.takes_service_tier
      ? {}
      : { service_tier: tier === 'standard_only' ? 'default' : tier }),
  };
}

/** The schema that the answer has to fit, if any; the older place of it counts too. */
export function schemaOf({
  output_config,
  output_format,
}: MessagesRequest): JsonObject | undefined {
  const format = output_config?.format ?? output_format;
  return format === undefined || format === null ? undefined : (format['schema'] as JsonObject);
}

export function asksForSchema(request: MessagesRequest): boolean {
  return schemaOf(request) !== undefined;
}

/** Structured output, thinking and effort; chat reference §2.7, §2.8. */
export function encodeOutput(
  request: MessagesRequest,
  quirks: EngineQuirks,
): Partial<EngineRequest> {
  const schema = schemaOf(request);
  if (quirks.thinking_as === 'native') return nativeOutput(request, schema);
  return {
    ...(schema === undefined
      ? {}
      : {
          response_format: {
            type: 'json_schema',
            json_schema: { name: SCHEMA_NAME, schema, strict: true },
          },
        }),
    ...thinkingFields[quirks.thinking_as](request, quirks),
  };
}

/** As it stands: whoever takes this knows the Messages form. */
function nativeOutput(
  { output_config: config, thinking }: MessagesRequest,
  schema: JsonObject | undefined,
): Partial<EngineRequest> {
  const format = schema === undefined ? {} : { format: { type: 'json_schema' as const, schema } };
  const { task_budget: _budget, ...kept } = config ?? {};
  const output: OutputConfig = { ...kept, ...format };
  return {
    ...(Object.keys(output).length === 0 ? {} : { output_config: output }),
    ...(thinking === undefined ? {} : { thinking: { ...thinking } }),
  };
}

type ThinkingFields = (request: MessagesRequest, quirks: EngineQuirks) => Partial<EngineRequest>;

const thinkingFields: Readonly<
  Record<Exclude<EngineQuirks['thinking_as'], 'native'>, ThinkingFields>
> = {
  none: () => ({}),
  effort: (request, quirks) => effortField(effortOf(request, quirks)),
  thinking: (request, quirks) => ({
    ...(request.thinking === undefined ? {} : { thinking: { ...request.thinking } }),
    ...effortField(cappedEffort(request, quirks)),
  }),
  reasoning: (request, quirks) => {
    const { thinking } = request;
    if (thinking?.type === 'enabled') return { reasoning: { max_tokens: thinking.budget_tokens } };
    const effort = effortOf(request, quirks);
    if (effort !== undefined) return { reasoning: { effort } };
    return thinking === undefined ? {} : { reasoning: { enabled: thinking.type === 'adaptive' } };
  },
  template: (request, quirks) => ({
    ...(request.thinking === undefined
      ? {}
      : { chat_template_kwargs: { enable_thinking: request.thinking.type !== 'disabled' } }),
    ...effortField(cappedEffort(request, quirks)),
  }),
};

function effortField(effort: string | undefined): Partial<EngineRequest> {
  return effort === undefined ? {} : { reasoning_effort: effort };
}

const levels = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
type Level = (typeof levels)[number];

/** The level that was asked for, or the highest below it that the engine knows. */
function cappedEffort(
  { output_config: config }: MessagesRequest,
  { effort_max: most }: EngineQuirks,
): Level | undefined {
  const asked = config?.effort ?? undefined;
  if (asked === undefined) return undefined;
  return levels[Math.min(levels.indexOf(asked), levels.indexOf(most))];
}

/** Budgets in tokens below which an effort is meant; from the last one on it is high. */
const budgets: readonly (readonly [number, Level])[] = [
  [2000, 'low'],
  [8000, 'medium'],
];

/** Thinking as nothing but a level, for engines that know no more. */
function effortOf(request: MessagesRequest, quirks: EngineQuirks): Level | 'none' | undefined {
  const { thinking } = request;
  if (thinking?.type === 'disabled') return quirks.takes_effort_none ? 'none' : undefined;
  const asked = cappedEffort(request, quirks);
  if (asked !== undefined || thinking?.type !== 'enabled') return asked;
  return budgets.find(([tokens]) => thinking.budget_tokens < tokens)?.[1] ?? 'high';
}
