import { describeModel } from './catalog/describe-model.ts';
import { modelsOf } from './catalog/profiles.ts';
import type { ProfileName } from './catalog/profiles.ts';
import type { Model } from './catalog/model.ts';
import { resolveModel } from './catalog/resolve-model.ts';
import type { ChatUpstreamConfig, Config } from './config/config.ts';
import { countInput } from './emulator/tokens/count-input.ts';
import { countTokens } from './emulator/tokens/split-tokens.ts';
import type { Upstream } from './messages/upstream.ts';
import type { Clock } from './std/clock.ts';
import type { Secret } from './std/secret.ts';
import { version } from './std/version.ts';
import type { Log } from './telemetry/log.ts';
import { createChatUpstream } from './upstreams/chat-completions/chat-upstream.ts';
import { quirksOf } from './upstreams/chat-completions/engines.ts';
import type { TokenEstimator } from './upstreams/chat-completions/estimate-usage.ts';
import { Http1Transport } from './upstreams/http1/http1-transport.ts';

interface ChatMaking {
  readonly name: string;
  readonly upstream: ChatUpstreamConfig;
  readonly key: Secret | undefined;
  readonly config: Config;
  readonly wiring: { readonly clock: Clock; readonly log: Log };
}

/** Makes an upstream that speaks Chat Completions. */
export function makeChatUpstream({ name, upstream, key, config, wiring }: ChatMaking): Upstream {
  const { clock, log } = wiring;
  const { timeouts } = upstream;
  const { profile } = config.emulator;
  const { origin, pathname } = new URL(upstream.base_url);
  return createChatUpstream({
    name,
    origin,
    basePath: pathname.replace(/\/+$/, ''),
    transport: new Http1Transport({
      clock,
      origin,
      connectTimeoutMs: timeouts.connect_ms,
      firstByteTimeoutMs: timeouts.first_byte_ms,
      idleTimeoutMs: timeouts.idle_ms,
      connectionsMax: upstream.connections_max,
    }),
    ...(key === undefined ? {} : { key }),
    quirks: quirksOf(upstream.engine, upstream.quirks),
    models: upstream.models,
    withAuthor: (asked) => findModel(asked, profile)?.formNames.chatCompletions[0] ?? asked,
    describeModel: (asked) => {
      const model = findModel(asked, profile);
      return model === undefined ? undefined : describeModel(model);
    },
    isVerbatim: upstream.verbatim,
    estimator: estimatorOf(profile),
    clock,
    answerBytesMax: config.limits.answer_bytes_max,
    userAgent: `quatrain/${version}`,
    log,
  });
}

/** What of the configuration besides its own entry such an upstream is made from. */
export function chatMadeFrom({ emulator, limits }: Config): readonly unknown[] {
  return [emulator.profile, limits.answer_bytes_max];
}

function findModel(name: string, profile: ProfileName): Model | undefined {
  return resolveModel(name, profile, 'any');
}

/** Counts the input of requests for upstreams that do not. */
export function inputCounter(profile: ProfileName): TokenEstimator['inputTokens'] {
  const estimator = estimatorOf(profile);
  return (request) => estimator.inputTokens(request);
}

/** Counts as the emulator does. A model that nobody knows is read as the newest one would be. */
function estimatorOf(profile: ProfileName): TokenEstimator {
  const factsOf = (name: string): Model => {
    const [newest] = modelsOf(profile);
    const found = findModel(name, profile) ?? newest;
    if (found === undefined) throw new Error('the registry has no model');
    return found;
  };
  return {
    inputTokens: (request) => countInput(request, factsOf(request.model)).total,
    outputTokens: (text, model) => countTokens(text, factsOf(model).tokenizer),
  };
}
