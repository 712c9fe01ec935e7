import type { ProfileName } from './catalog/profiles.ts';
import { resolveAnyName } from './catalog/resolve-model.ts';
import type { Config } from './config/config.ts';
import type {
  RouteConditionsConfig,
  RouteConfig,
  RouteFallbackConfig,
} from './config/route-config.ts';
import type { Upstream } from './messages/upstream.ts';
import type { Upstreams } from './routing/plan-route.ts';
import type { Route, RouteCandidate, RouteConditions, RouteModels } from './routing/route-table.ts';
import { StartProblem } from './start-problem.ts';

type Wired = Required<Pick<Upstreams, 'byName' | 'pools'>>;

/** The routes of a configuration over the upstreams that were made for it. */
export function wireRoutes({ routes, emulator }: Config, wired: Wired): readonly Route[] {
  const { profile } = emulator;
  return routes.map((route) => ({
    name: route.name,
    models: modelsOf(route, profile),
    when: conditionsOf(route.when),
    targets: route.targets.map((target) => ({
      ...candidateOf(target, wired, profile),
      weight: target.weight,
    })),
    fallbacks: route.fallbacks.map((fallback) => candidateOf(fallback, wired, profile)),
    attemptsMax: route.attempts_max,
    totalMs: route.total_ms,
    keepsConversations: route.affinity === 'prompt_cache',
  }));
}

/** A name that the registry knows stands for its model, by whichever of its names a request has it. */
function modelsOf({ models }: RouteConfig, profile: ProfileName): RouteModels | undefined {
  if (models === undefined) return undefined;
  const patterns = models.filter((name) => name.includes('*'));
  const names = models.filter((name) => !name.includes('*'));
  const ids = names.flatMap((name) => resolveAnyName(name, profile)?.id ?? []);
  return { names: new Set([...names, ...ids]), patterns };
}

function candidateOf(
  { upstream, model, first_byte_ms: firstByteMs, when }: RouteFallbackConfig,
  wired: Wired,
  profile: ProfileName,
): RouteCandidate {
  return {
    pool: poolOf(upstream, wired),
    weight: 1,
    model,
    modelId: model === undefined ? undefined : resolveAnyName(model, profile)?.id,
    firstByteMs,
    when: conditionsOf(when),
  };
}

function poolOf(name: string, { byName, pools }: Wired): readonly Upstream[] {
  const pool = pools.get(name);
  if (pool !== undefined) return pool;
  const only = byName.get(name);
  // The configuration was checked for it; the upstream that is there without a word may have gone.
  if (only === undefined) throw new StartProblem(`routes: no upstream is called "${name}"`);
  return [only];
}

function conditionsOf(when: RouteConditionsConfig | undefined): RouteConditions {
  if (when === undefined) return {};
  const { accounts, keys, headers } = when;
  return {
    accounts: accounts === undefined ? undefined : new Set(accounts),
    keys: keys === undefined ? undefined : new Set(keys),
    headers: headers === undefined ? undefined : Object.entries(headers),
    bodyBytesMin: when.body_bytes_min,
    bodyBytesMax: when.body_bytes_max,
    features: when.features,
  };
}
