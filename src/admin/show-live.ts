import type { LiveName, LiveStep } from '../telemetry/live-figures.ts';
import { LIVE_STEP_MS } from '../telemetry/live-figures.ts';
import { liveRequest } from '../telemetry/live-request.ts';
import type { AdminParts } from './admin-parts.ts';
import type { LiveAnswer, LiveStepAnswer, LiveTopAnswer } from './contract-exchanges.ts';
import { encodeRequest } from './encode-request.ts';
import { timeText } from './field-schemas.ts';

/** The last five minutes, from memory: nothing is read for it. */
export function showLive({ explorer }: Pick<AdminParts, 'explorer'>, atMs: number): LiveAnswer {
  const { steps, models, upstreams, keys, recent } = explorer.live();
  return {
    at: timeText(atMs),
    in_flight: explorer.inFlight(),
    step_ms: LIVE_STEP_MS,
    steps: steps.map((step) => encodeStep(step)),
    models: models.map((name) => encodeName(name)),
    upstreams: upstreams.map((name) => encodeName(name)),
    keys: keys.map((name) => encodeName(name)),
    recent: recent.flatMap((record) => encodeRequest(liveRequest(record), undefined) ?? []),
  };
}

function encodeStep(step: LiveStep): LiveStepAnswer {
  return {
    at: timeText(step.fromMs),
    requests: step.requests,
    failed: step.failed,
    input_tokens: step.inputTokens,
    output_tokens: step.outputTokens,
    cost_nano: String(step.costNanoUsd),
    p50_ms: step.p50Ms ?? null,
    p95_ms: step.p95Ms ?? null,
    p50_first_content_ms: step.p50FirstContentMs ?? null,
  };
}

function encodeName(name: LiveName): LiveTopAnswer {
  return {
    name: name.name,
    requests: name.requests,
    failed: name.failed,
    input_tokens: name.inputTokens,
    output_tokens: name.outputTokens,
    cost_nano: String(name.costNanoUsd),
  };
}
