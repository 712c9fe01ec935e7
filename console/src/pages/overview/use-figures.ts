import type { UseQueryResult } from '@tanstack/react-query';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { OverviewAnswer } from '../../../../src/admin/contract.ts';
import { callApi } from '../../api/call-api.ts';
import type { CountedTime } from './overview-range.ts';

const PATH = '/admin/v1/overview';
const ANEW_MS = 30_000;

/** Figures of a time, in groups of what is asked, of one upstream or of all; read anew while the page is looked at. */
export function useFigures(
  { from, to }: Pick<CountedTime, 'from' | 'to'>,
  groupBy: string,
  upstream?: string,
): UseQueryResult<OverviewAnswer> {
  const query = { from, to, group_by: groupBy, upstream };
  return useQuery({
    queryKey: [PATH, query],
    queryFn: ({ signal }) => callApi<OverviewAnswer>(PATH, { query, signal, isPoll: true }),
    refetchInterval: ANEW_MS,
    placeholderData: keepPreviousData,
  });
}
