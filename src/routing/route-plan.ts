import type { Upstream } from '../messages/upstream.ts';
import type { PlannedConversation } from './served-conversations.ts';

/** One way to have a request answered: an upstream, with one of its credentials, by its name for the model. */
export interface RouteTarget {
  readonly upstream: Upstream;
  /** What breakers, pauses and metrics know it by: upstream, credential and model. */
  readonly healthKey: string;
  /** What the model is called there, where that is another name than the caller's. */
  readonly model?: string | undefined;
  /** From the request to the first content of its answer; the upstream's own time-out where absent. */
  readonly firstByteMs?: number | undefined;
}

/** Who is to be asked, in order. */
export interface RoutePlan {
  readonly targets: readonly RouteTarget[];
  /** The route that led here; absent where none is configured for the request. */
  readonly route?: string | undefined;
  /** Attempts in all; absent where the account's plan says that. */
  readonly attemptsMax?: number | undefined;
  /** How long all attempts together may take to begin an answer. */
  readonly totalMs?: number | undefined;
  /** The conversation that the order goes by; absent where it goes by none. */
  readonly conversation?: PlannedConversation | undefined;
  /** Whether the next request's order may be another one. */
  readonly isDrawn?: boolean;
  /** Upstreams that would be among them, and get no new requests; absent where there is none. */
  readonly drained?: readonly string[] | undefined;
}

/** What all targets of an upstream with one credential are known by, whatever the model. */
export function healthPrefixOf({ name, credential }: Upstream): string {
  return `${name}#${String(credential ?? 0)}/`;
}

/** What a target's health key says of it. */
export interface TargetPlace {
  readonly upstream: string;
  readonly credential: number;
  /** Absent for requests whose model nobody knows. */
  readonly model: string | undefined;
}

/** Reads what `healthKeyOf` wrote: no name of an upstream has a `#` in it. */
export function placeOf(healthKey: string): TargetPlace {
  const hash = healthKey.indexOf('#');
  const slash = healthKey.indexOf('/', hash);
  const model = healthKey.slice(slash + 1);
  return {
    upstream: healthKey.slice(0, hash),
    credential: Number(healthKey.slice(hash + 1, slash)),
    model: model === '*' ? undefined : model,
  };
}

/** What a target is known by: of a credential its place among those of its upstream, never what it is. */
export function healthKeyOf(upstream: Upstream, model: string | undefined): string {
  return `${healthPrefixOf(upstream)}${model ?? '*'}`;
}
