import type { Refusal } from '../../../messages/errors.ts';
import type { MessagesRequest } from '../../../messages/request.ts';
import type { JsonObject } from '../../../std/json.ts';
import type { KnownModel } from '../../dialect.ts';
import { refuseParameter } from '../refuse-parameter.ts';
import type { ChatCompletionsSettings } from '../settings.ts';

/** What decides which samplers can go together. */
export interface SamplingContext {
  readonly model: KnownModel | undefined;
  readonly flavour: ChatCompletionsSettings['flavour'];
  readonly isThinking: boolean;
}

export interface DecodedSampling {
  readonly body: Pick<MessagesRequest, 'temperature' | 'top_p' | 'top_k'>;
  readonly ignored: readonly string[];
}

interface Samplers {
  readonly temperature: number | undefined;
  readonly top_p: number | undefined;
  readonly top_k: number | undefined;
}

type SamplerName = keyof Samplers;

const TEMPERATURE_MAX = 1;
/** Below this, `top_p` and thinking do not go together. API reference §7.1. */
const THINKING_TOP_P_MIN = 0.95;

/** Chat reference §2.2, rows `temperature`, `top_p`, "both of the above" and `top_k`; §2.8 for thinking. */
export function decodeSampling(
  given: JsonObject,
  context: SamplingContext,
): DecodedSampling | Refusal {
  const asked = samplersIn(given);
  const isHot = (asked.temperature ?? 0) > TEMPERATURE_MAX;
  if (isHot && context.flavour === 'aimlapi') {
    return refuseParameter('temperature', `must be at most ${String(TEMPERATURE_MAX)}`);
  }
  const capped = isHot ? { ...asked, temperature: TEMPERATURE_MAX } : asked;
  const ignored = samplerNames.filter((name) => cannotStand(name, capped, context));
  const left = without(capped, ignored);
  const single = acceptsBoth(context) ? left : withoutIdle(left);
  if (!acceptsBoth(context) && single.temperature !== undefined && single.top_p !== undefined) {
    return refuseParameter('top_p', 'this model takes either `temperature` or `top_p`, not both');
  }
  return { body: definedOf(single), ignored };
}

const samplerNames = ['temperature', 'top_p', 'top_k'] as const;

/** Types were checked against the table of parameters. 0 is no bound for `top_k`. */
function samplersIn(given: JsonObject): Samplers {
  const numberAt = (name: SamplerName): number | undefined => {
    const value = given[name];
    return typeof value === 'number' ? value : undefined;
  };
  const topK = numberAt('top_k');
  return {
    temperature: numberAt('temperature'),
    top_p: numberAt('top_p'),
    top_k: topK === 0 ? undefined : topK,
  };
}

/** Whether the upstream would refuse the value, be it for the model or for thinking. */
function cannotStand(name: SamplerName, samplers: Samplers, context: SamplingContext): boolean {
  const value = samplers[name];
  if (value === undefined) return false;
  if (context.model?.traits.acceptsSamplers === false) return name === 'top_k' || value !== 1;
  if (!context.isThinking) return false;
  if (name === 'top_p') return value < THINKING_TOP_P_MIN;
  return name === 'top_k' || value !== 1;
}

/** What an unknown model takes is for the upstream to say. */
function acceptsBoth({ model }: SamplingContext): boolean {
  return model?.traits.acceptsBothSamplers ?? true;
}

/** Of two samplers, one that is 1 changes nothing. */
function withoutIdle(samplers: Samplers): Samplers {
  const { temperature, top_p } = samplers;
  if (temperature === undefined || top_p === undefined) return samplers;
  if (top_p === 1) return { ...samplers, top_p: undefined };
  return temperature === 1 ? { ...samplers, temperature: undefined } : samplers;
}

function without(samplers: Samplers, names: readonly SamplerName[]): Samplers {
  return names.reduce<Samplers>((left, name) => ({ ...left, [name]: undefined }), samplers);
}

function definedOf(samplers: Samplers): DecodedSampling['body'] {
  return Object.fromEntries(Object.entries(samplers).filter(([, value]) => value !== undefined));
}
