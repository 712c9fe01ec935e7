/** What a condition of a route may ask of a request. */
export const routeFeatures = [
  'stream',
  'tools',
  'thinking',
  'documents',
  'images',
  'server_tools',
  'long_context',
  'structured_output',
  'batch',
] as const;
export type RouteFeature = (typeof routeFeatures)[number];

/** What has to be so of a request, all of it; what is absent may be as it likes. */
export interface RouteConditionsConfig {
  readonly accounts?: readonly string[] | undefined;
  /** Public ids. */
  readonly keys?: readonly string[] | undefined;
  /** By lower-case name. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body_bytes_min?: number | undefined;
  readonly body_bytes_max?: number | undefined;
  /** Any of them. */
  readonly features?: readonly RouteFeature[] | undefined;
}

/** One that may answer a request of a route after all its targets. */
export interface RouteFallbackConfig {
  readonly upstream: string;
  readonly model?: string | undefined;
  readonly first_byte_ms?: number | undefined;
  readonly when?: RouteConditionsConfig | undefined;
}

/** One of those that share the requests of a route. */
export interface RouteTargetConfig extends RouteFallbackConfig {
  readonly weight: number;
}

/** Who answers requests for some models; `routes` of the configuration. */
export interface RouteConfig {
  readonly name: string;
  /** Names of models, or patterns with one `*`; absent: all. */
  readonly models?: readonly string[] | undefined;
  readonly when?: RouteConditionsConfig | undefined;
  readonly targets: readonly RouteTargetConfig[];
  readonly fallbacks: readonly RouteFallbackConfig[];
  readonly attempts_max: number;
  readonly total_ms?: number | undefined;
  readonly affinity: 'prompt_cache' | 'none';
}
