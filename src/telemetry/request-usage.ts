/** Token counts by class, for logs and metrics; a class that was not reported is absent. */
export interface RequestUsage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cacheReadTokens?: number;
  readonly cacheWriteTokens?: number;
  readonly thinkingTokens?: number;
}
