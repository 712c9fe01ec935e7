import type { CheckedRequest } from './rule.ts';
import { blocksOf } from '../../messages/request.ts';
import { ruleTexts } from './rule-texts.ts';

/** What a version of the API no longer takes, beside what its schema says. */
export interface ApiVersion {
  readonly removedParameters: readonly (keyof CheckedRequest)[];
  /** Whether text of a user may carry citations. */
  readonly acceptsUserCitations: boolean;
}

const original: ApiVersion = { removedParameters: [], acceptsUserCitations: true };

/**
 * Values of `anthropic-version`. Seed 003 names 2023-06-01; the official SDKs send 2026-10-21 since
 * their releases of that day, so both are served.
 */
export const apiVersions: ReadonlyMap<string, ApiVersion> = new Map([
  ['2023-01-01', original],
  ['2023-06-01', original],
  [
    '2026-10-21',
    { removedParameters: ['temperature', 'top_p', 'top_k'], acceptsUserCitations: false },
  ],
]);

/** What a request has that its version no longer takes, in the API's words. */
export function versionIssue(request: CheckedRequest, version: ApiVersion): string | undefined {
  const removed = version.removedParameters.find((name) => request[name] !== undefined);
  if (removed !== undefined) return ruleTexts.notInVersion(removed);
  return version.acceptsUserCitations ? undefined : userCitation(request);
}

function userCitation({ messages }: CheckedRequest): string | undefined {
  for (const [at, message] of messages.entries()) {
    if (message.role !== 'user') continue;
    const index = blocksOf(message).findIndex((block) => {
      const texts = block.type === 'search_result' ? block.content : [block];
      return texts.some((text) => text.type === 'text' && (text.citations?.length ?? 0) > 0);
    });
    if (index >= 0) {
      return ruleTexts.notInVersion(
        `messages.${String(at)}.content.${String(index)}.text.citations`,
      );
    }
  }
  return undefined;
}
