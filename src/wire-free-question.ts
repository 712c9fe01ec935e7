import type { UpstreamConfig } from './config/config.ts';
import type { ProbeQuestion } from './routing/probe-question.ts';
import { countOf, listOfModels } from './routing/probe-question.ts';

const USUAL_MODEL = 'claude-sonnet-4-6';

/** What an upstream may be asked without being paid for it; undefined where nothing is free. */
export function freeQuestion(upstream: UpstreamConfig): ProbeQuestion | undefined {
  switch (upstream.kind) {
    case 'anthropic':
    case 'chat-completions':
      return listOfModels;
    case 'azure':
      return countOf(firstNamed(upstream.deployments));
    case 'bedrock':
    case 'vertex':
      return countOf(firstNamed(upstream.models));
    case 'workers-ai':
    case 'replay':
      return undefined;
  }
}

/** A model that the host is meant to have. */
function firstNamed(models: Readonly<Record<string, string>>): string {
  return Object.keys(models).find((name) => name !== '*') ?? USUAL_MODEL;
}
