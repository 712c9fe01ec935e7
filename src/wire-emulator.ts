import { modelDirectory } from './catalog/describe-model.ts';
import { resolveModel } from './catalog/resolve-model.ts';
import type { Config, RateLimitsConfig } from './config/config.ts';
import type { SecretSources } from './config/resolve-secret.ts';
import type { Emulator } from './emulator/create-emulator.ts';
import { createEmulator } from './emulator/create-emulator.ts';
import type { EmulatorFile } from './emulator/emulator-file.ts';
import type { RateLimits } from './emulator/rate-limits/rate-limiter.ts';
import { readScenarios } from './read-scenario-file.ts';
import type { Clock } from './std/clock.ts';

/** The emulator of one configuration, with what it was made from. */
export interface WiredEmulator {
  readonly upstream: Emulator;
  readonly madeFrom: string;
  readonly scenariosText: string;
  /** Has the emulator go by the scenarios of this configuration, if they are others than before. */
  readonly takeScenarios: () => void;
}

export interface EmulatorWiring {
  readonly clock: Clock;
  readonly secrets: SecretSources;
  readonly findFile?: (account: string, id: string) => EmulatorFile | undefined;
}

/**
 * Makes the emulator; the one of `previous` stays where nothing but its scenarios changed, so that
 * a script can be worked on without losing caches and rate limits.
 */
export function wireEmulator(
  { emulator: config }: Config,
  wiring: EmulatorWiring,
  previous?: WiredEmulator,
): WiredEmulator {
  const { scenarios_file: scenariosFile, ...rest } = config;
  const { text, file } = readScenarios(scenariosFile, wiring.secrets.readFile);
  const madeFrom = JSON.stringify(rest);
  const kept = previous?.madeFrom === madeFrom ? previous : undefined;
  const upstream = kept?.upstream ?? makeEmulator(config, wiring);
  return {
    upstream,
    madeFrom,
    scenariosText: text,
    takeScenarios: () => {
      if (kept?.scenariosText !== text) upstream.useScenarios(file);
    },
  };
}

function makeEmulator(config: Config['emulator'], { clock, findFile }: EmulatorWiring): Emulator {
  const { accounts, ...everyone } = config.limits;
  return createEmulator({
    clock,
    seed: config.seed,
    pace: {
      firstTokenMs: config.first_token_ms,
      tokensPerSecond: config.tokens_per_second,
      pingEveryMs: config.ping_every_ms,
      jitterPercent: config.jitter_percent,
    },
    foreignSignatures: config.foreign_signatures,
    faults: config.faults.map((fault) => ({
      error: fault.error,
      times: fault.times,
      ...(fault.after_events === undefined ? {} : { afterEvents: fault.after_events }),
      ...(fault.retry_after_ms === undefined ? {} : { retryAfterMs: fault.retry_after_ms }),
    })),
    limits: {
      everyone: rateLimits(everyone),
      byAccount: new Map(
        Object.entries(accounts).map(([account, limits]) => [account, rateLimits(limits)]),
      ),
    },
    findModel: (name) => resolveModel(name, config.profile),
    models: modelDirectory(config.profile),
    ...(findFile === undefined ? {} : { findFile }),
  });
}

function rateLimits(config: RateLimitsConfig): RateLimits {
  const {
    requests_per_minute: requests,
    input_tokens_per_minute: inputTokens,
    output_tokens_per_minute: outputTokens,
  } = config;
  return {
    ...(requests === undefined ? {} : { requests }),
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
  };
}
