import type { Refusal } from '../../messages/errors.ts';
import { isRefusal } from '../../messages/errors.ts';
import type { MessagesRequest, OutputConfig } from '../../messages/request.ts';
import type { JsonObject } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';
import { callerHeader } from '../caller-header.ts';
import type { IncomingCall, KnownModel } from '../dialect.ts';
import type { AnswerShape } from './answer-shape.ts';
import { completionIdOf } from './completion-id.ts';
import { decodeCaller } from './parameters/decode-caller.ts';
import { decodeMaxTokens } from './parameters/decode-max-tokens.ts';
import type { DecodedPrompt } from './decode-prompt.ts';
import { decodePrompt } from './decode-prompt.ts';
import type { DecodedReasoning } from './parameters/decode-reasoning.ts';
import { decodeReasoning } from './parameters/decode-reasoning.ts';
import type { DecodedFormat } from './parameters/decode-response-format.ts';
import { decodeResponseFormat } from './parameters/decode-response-format.ts';
import type { DecodedSampling } from './parameters/decode-sampling.ts';
import { decodeSampling } from './parameters/decode-sampling.ts';
import type { DecodedStops } from './parameters/decode-stops.ts';
import { decodeStops } from './parameters/decode-stops.ts';
import { readParameters } from './parameters/read-parameters.ts';

export interface DecodedBody {
  readonly body: MessagesRequest;
  readonly shape: AnswerShape;
  /** The registry's id of the model, where it has it. */
  readonly modelId: string | undefined;
  /** Whether the caller does not say how long the answer may be. */
  readonly hasDefaultLength: boolean;
}

/** The Messages body that a request amounts to, and what its answer has to look like. */
export function decodeBody(given: JsonObject, call: IncomingCall): DecodedBody | Refusal {
  const parameters = readParameters(given);
  if (isRefusal(parameters)) return parameters;
  const name = typeof given['model'] === 'string' ? given['model'] : '';
  const model = call.findModel(name);
  const length = decodeMaxTokens(given, model, call.lengthByDefault);
  if (isRefusal(length)) return length;
  const { maxTokens } = length;
  const isMarked = parameters.body['cache_control'] !== undefined;
  const prompt = decodePrompt(given, { model, isMarked });
  if (isRefusal(prompt)) return prompt;
  const style = decodeStyle({ given, call, model, maxTokens, prompt });
  if (isRefusal(style)) return style;
  const caller = decodeCaller(given);
  const parts = [parameters, prompt, style.reasoning, style.sampling, style.stops, caller];
  const ignored = [...new Set(parts.flatMap((part) => part.ignored))];
  const body: MessagesRequest = {
    model: model?.id ?? name,
    max_tokens: maxTokens,
    messages: prompt.said.messages,
    ...promptMembers(prompt, style.format),
    ...styleMembers(style),
    ...caller.body,
    ...parameters.body,
    stream: true,
  };
  const shape = shapeOf({ name, given, call, model, prompt, style, ignored });
  return { body, shape, modelId: model?.id, hasDefaultLength: length.isDefault === true };
}

/** How the answer is to be made, besides what it answers. */
interface DecodedStyle {
  readonly reasoning: DecodedReasoning;
  readonly sampling: DecodedSampling;
  readonly stops: DecodedStops;
  readonly format: DecodedFormat;
}

interface StyleContext {
  readonly given: JsonObject;
  readonly call: IncomingCall;
  readonly model: KnownModel | undefined;
  readonly maxTokens: number;
  readonly prompt: DecodedPrompt;
}

const INTERLEAVED_BETA = 'interleaved-thinking-2025-05-14';

function decodeStyle(context: StyleContext): DecodedStyle | Refusal {
  const { given, call, model, maxTokens, prompt } = context;
  const { flavour } = call.chatCompletions;
  const betas = callerHeader(call.headers, 'anthropic-beta') ?? '';
  const reasoning = decodeReasoning(given, {
    model,
    maxTokens,
    choice: prompt.choice,
    isBudgetOfTurn: prompt.tools.length > 0 && betas.includes(INTERLEAVED_BETA),
    rulesOutBudget: rulesOutBudget(prompt),
  });
  if (isRefusal(reasoning)) return reasoning;
  const sampling = decodeSampling(given, { model, flavour, isThinking: reasoning.isThinking });
  if (isRefusal(sampling)) return sampling;
  const stops = decodeStops(given, flavour);
  if (isRefusal(stops)) return stops;
  const format = decodeResponseFormat(given, model);
  return isRefusal(format) ? format : { reasoning, sampling, stops, format };
}

/** A tool loop that lacks its thinking, or an answer that is to be continued. */
function rulesOutBudget({ said: { lacksThinking, messages } }: DecodedPrompt): boolean {
  return lacksThinking || messages.at(-1)?.role === 'assistant';
}

function promptMembers(
  { said, tools, choice }: DecodedPrompt,
  { instruction }: DecodedFormat,
): Partial<MessagesRequest> {
  const system = instruction === undefined ? said.system : [...said.system, instruction];
  return {
    ...(system.length === 0 ? {} : { system }),
    ...(tools.length === 0 ? {} : { tools }),
    ...(choice === undefined ? {} : { tool_choice: choice }),
  };
}

function styleMembers({
  reasoning: { thinking, effort },
  format: { config },
  sampling,
  stops,
}: DecodedStyle): Partial<MessagesRequest> {
  const outputConfig: OutputConfig = { ...(effort === undefined ? {} : { effort }), ...config };
  return {
    ...(thinking === undefined ? {} : { thinking }),
    ...(Object.keys(outputConfig).length === 0 ? {} : { output_config: outputConfig }),
    ...sampling.body,
    ...stops.body,
  };
}

interface ShapeContext {
  readonly name: string;
  readonly given: JsonObject;
  readonly call: IncomingCall;
  readonly model: KnownModel | undefined;
  readonly prompt: DecodedPrompt;
  readonly style: DecodedStyle;
  readonly ignored: readonly string[];
}

const MILLISECONDS_A_SECOND = 1000;

function shapeOf({ name, given, call, model, prompt, style, ignored }: ShapeContext): AnswerShape {
  const { metadata, stream_options: options } = given;
  const { credits } = call.chatCompletions;
  const isStream = given['stream'] === true;
  const asksForUsage = isJsonObject(options) && options['include_usage'] === true;
  return {
    id: completionIdOf(call.requestId),
    created: Math.floor(call.startedAtMs / MILLISECONDS_A_SECOND),
    model: name,
    isStream,
    // What shows credits says with them what they were for (chat reference §1.5).
    includesUsage: isStream && (asksForUsage || credits !== undefined),
    callsAs: prompt.callsAs,
    customTools: prompt.customTools,
    reasoning: style.reasoning.shown,
    removesFence: style.format.removesFence,
    metadata: isJsonObject(metadata) ? metadata : undefined,
    ignored,
    credits:
      credits === undefined || model === undefined
        ? undefined
        : { markupPercent: credits.markup_percent, costNanoUsd: model.costNanoUsd },
    isKnownModel: model !== undefined,
    fields: new Set(Object.keys(given)),
  };
}
