import type { UseQueryResult } from '@tanstack/react-query';
import { useQuery } from '@tanstack/react-query';
import type { PlanAnswer } from '../../../src/admin/contract.ts';
import { callApi } from './call-api.ts';

/** Where plans are. */
export const PLANS = '/admin/v1/plans';

/** All plans. */
export function usePlans(): UseQueryResult<{ readonly data: readonly PlanAnswer[] }> {
  return useQuery({
    queryKey: [PLANS],
    queryFn: ({ signal }) => callApi<{ readonly data: readonly PlanAnswer[] }>(PLANS, { signal }),
  });
}

/** What they are called; none while they are on their way. */
export function usePlanNames(): readonly string[] {
  return usePlans().data?.data.map(({ name }) => name) ?? [];
}
