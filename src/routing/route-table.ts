import type { RouteFeature } from '../config/route-config.ts';
import type { Upstream } from '../messages/upstream.ts';

/** What has to be so of a request, all of it; what is absent may be as it likes. */
export interface RouteConditions {
  readonly accounts?: ReadonlySet<string> | undefined;
  readonly keys?: ReadonlySet<string> | undefined;
  /** Names in lower case, with the value that each has to have. */
  readonly headers?: readonly (readonly [string, string])[] | undefined;
  readonly bodyBytesMin?: number | undefined;
  readonly bodyBytesMax?: number | undefined;
  /** Any of them. */
  readonly features?: readonly RouteFeature[] | undefined;
}

/** The models that a route is for. */
export interface RouteModels {
  /** As they are called, and the registry's ids of those that it knows. */
  readonly names: ReadonlySet<string>;
  /** Names with a `*`. */
  readonly patterns: readonly string[];
}

/** One that may answer requests of a route, with each of its credentials. */
export interface RouteCandidate {
  readonly pool: readonly Upstream[];
  /** Its share among the targets of its route. */
  readonly weight: number;
  /** What the model is called there; as in the request where absent. */
  readonly model?: string | undefined;
  /** The registry's id of that, where it is a model of its own. */
  readonly modelId?: string | undefined;
  readonly firstByteMs?: number | undefined;
  readonly when: RouteConditions;
}

/** Who answers requests for some models. */
export interface Route {
  readonly name: string;
  /** Absent: all. */
  readonly models?: RouteModels | undefined;
  readonly when: RouteConditions;
  readonly targets: readonly RouteCandidate[];
  readonly fallbacks: readonly RouteCandidate[];
  readonly attemptsMax: number;
  readonly totalMs?: number | undefined;
  /** Whether a conversation goes back to where its prompt is cached. */
  readonly keepsConversations: boolean;
}

/** What a plan is made by: what is known of a request, each only found out when it is asked. */
export interface RouteQuestion {
  /** As the caller calls it. */
  readonly model: string | undefined;
  /** The registry's id of it, where it has one. */
  readonly modelId: string | undefined;
  readonly account: string;
  readonly keyId: string;
  readonly bodyBytes: number;
  readonly header: (name: string) => string | undefined;
  readonly has: (feature: RouteFeature) => boolean;
  /** Whether another model of the registry may answer. */
  readonly mayAnswer: (modelId: string) => boolean;
  /** The same for all requests of a conversation, and for no others of another one's. */
  readonly conversation: () => string;
  /** Fresh for each request, from 0 up to, but not, 1. */
  readonly draw: () => number;
}
