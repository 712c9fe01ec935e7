/** Counts by class of what a request used, for logs and metrics; a class that was not reported is absent. */
export interface RequestUsage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cacheReadTokens?: number;
  readonly cacheWriteTokens?: number;
  readonly cacheWrite5mTokens?: number;
  readonly cacheWrite1hTokens?: number;
  readonly thinkingTokens?: number;
  readonly webSearchRequests?: number;
}
