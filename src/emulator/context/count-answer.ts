import type { AcceptedRequest } from '../rules/read-request.ts';

/** The answer of a count; what the prompt was before its context was edited stands beside (§1.5). */
export function countAnswer({ request, ...accepted }: AcceptedRequest): object {
  const { context_management: asked } = request;
  const counted = { input_tokens: accepted.inputTokens };
  if (asked === undefined || asked === null) return counted;
  const context = { original_input_tokens: accepted.originalInputTokens };
  return { ...counted, context_management: context };
}
