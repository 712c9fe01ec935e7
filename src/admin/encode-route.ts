import type { RouteConditionsConfig, RouteConfig } from '../config/route-config.ts';
import type {
  RouteAnswer,
  RouteConditionsAnswer,
  RouteTargetAnswer,
} from './contract-operations.ts';

type TargetConfig = RouteConfig['fallbacks'][number] & { readonly weight?: number };

/** A route of the configuration, with what it does not say as null. */
export function encodeRoute(route: RouteConfig): RouteAnswer {
  return {
    name: route.name,
    models: copied(route.models),
    when: encodeConditions(route.when),
    targets: route.targets.map((target) => encodeTarget(target)),
    fallbacks: route.fallbacks.map((target) => encodeTarget(target)),
    attempts_max: route.attempts_max,
    total_ms: route.total_ms ?? null,
    affinity: route.affinity,
  };
}

function encodeTarget({ upstream, weight, model, ...rest }: TargetConfig): RouteTargetAnswer {
  return {
    upstream,
    weight: weight ?? null,
    model: model ?? null,
    first_byte_ms: rest.first_byte_ms ?? null,
    when: encodeConditions(rest.when),
  };
}

function encodeConditions(when: RouteConditionsConfig = {}): RouteConditionsAnswer {
  return {
    accounts: copied(when.accounts),
    keys: copied(when.keys),
    headers: when.headers === undefined ? null : { ...when.headers },
    body_bytes_min: when.body_bytes_min ?? null,
    body_bytes_max: when.body_bytes_max ?? null,
    features: copied(when.features),
  };
}

function copied(texts: readonly string[] | undefined): readonly string[] | null {
  return texts === undefined ? null : [...texts];
}
