import type { RequestAnswer } from '../../../../../src/admin/contract.ts';

/** What answered where nobody was asked, by the name that the log has of it. */
const givenAgain: Readonly<Record<string, string>> = {
  cache: 'from the cache: nobody was asked',
  idempotency: 'given again, by its idempotency key',
};

/** Who answered, in words: of a request that runs that is not written down yet. */
export function upstreamText({
  upstream,
  status,
  attempts,
}: Pick<RequestAnswer, 'upstream' | 'status' | 'attempts'>): string {
  // An upstream may have such a name too: then somebody was asked.
  const again = attempts === null && upstream !== null ? givenAgain[upstream] : undefined;
  if (upstream !== null) return again ?? `by ${upstream}`;
  return status === 'running' ? 'not known until it is over' : 'nobody was asked';
}
