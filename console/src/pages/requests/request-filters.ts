import type { UseQueryResult } from '@tanstack/react-query';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { OverviewAnswer } from '../../../../src/admin/contract.ts';
import type { ApiAsk } from '../../api/call-api.ts';
import { callApi } from '../../api/call-api.ts';
import type { SearchText } from '../../app/search-text.ts';
import { nanoOfUsd } from '../../format/money.ts';
import type { Filter } from '../../ui/filter-bar.tsx';
import { useNow } from '../../ui/use-now.ts';

const OVERVIEW = '/admin/v1/overview';
const HOUR_MS = 3_600_000;
const SEEN_HOURS = 24;
const SEEN_FRESH_MS = 60_000;
/** What most answers have; those that were seen besides are added. */
const usualStatuses = ['200', '400', '401', '402', '403', '404', '413', '429', '500', '502', '529'];

/** What lists of requests can be narrowed by, with what was seen in the last day as suggestions. */
export function useRequestFilters(search: SearchText): readonly Filter[] {
  const nowMs = useNow();
  const hourMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  const query = useSeen(hourMs);
  const { data } = query;
  return useMemo(() => {
    const seen = (name: string): readonly string[] => [
      ...new Set(data?.data.flatMap(({ by }) => by[name] ?? [])),
    ];
    const withOwn = (names: readonly string[], own: string | undefined): readonly string[] =>
      [...new Set([...names, ...(own === undefined || own === '' ? [] : [own])])].toSorted();
    const statuses = withOwn([...usualStatuses, ...seen('status')], search['status']);
    const codes = withOwn(seen('error'), search['error']).filter((code) => code !== 'any');
    return [
      { name: 'model', label: 'Model', placeholder: 'Any', suggestions: seen('model') },
      { name: 'key', label: 'Key', placeholder: 'Any id' },
      { name: 'account', label: 'Account', placeholder: 'Any id' },
      { name: 'upstream', label: 'Upstream', placeholder: 'Any', suggestions: seen('upstream') },
      { name: 'status', label: 'Status', options: optionsOf(statuses) },
      {
        name: 'error',
        label: 'Error',
        options: [{ value: 'any', text: 'Any failure' }, ...optionsOf(codes)],
      },
      { name: 'cost_min', label: 'Cost from, USD', placeholder: '0.01' },
      { name: 'from', label: 'From', type: 'datetime-local' },
      { name: 'to', label: 'To', type: 'datetime-local' },
    ];
  }, [data, search]);
}

function optionsOf(values: readonly string[]): readonly { value: string; text: string }[] {
  return values.map((value) => ({ value, text: value }));
}

function useSeen(hourMs: number): UseQueryResult<OverviewAnswer> {
  const query = {
    from: new Date(hourMs - (SEEN_HOURS - 1) * HOUR_MS).toISOString(),
    to: new Date(hourMs + HOUR_MS).toISOString(),
    group_by: 'model,upstream,status,error',
  };
  return useQuery({
    queryKey: [OVERVIEW, query],
    queryFn: ({ signal }) => callApi<OverviewAnswer>(OVERVIEW, { query, signal, isPoll: true }),
    staleTime: SEEN_FRESH_MS,
  });
}

/** What the admin API is asked for by an address; `problem` is what cannot be asked. */
export interface AskedRequests {
  readonly query: NonNullable<ApiAsk['query']>;
  readonly problem: string | undefined;
}

const plainNames = ['model', 'key', 'account', 'upstream', 'status', 'error'] as const;

/** Reads the filters of an address. */
export function askedRequests(search: SearchText): AskedRequests {
  const { cost_min: cost = '', from = '', to = '' } = search;
  const costNano = cost === '' ? undefined : nanoOfUsd(cost);
  const problem =
    cost !== '' && costNano === undefined
      ? 'The cost is an amount in USD such as 0.01, so it does not narrow the list.'
      : undefined;
  return {
    query: {
      ...Object.fromEntries(plainNames.map((name) => [name, search[name]])),
      cost_min_nano: costNano,
      from: instantOf(from),
      to: instantOf(to),
    },
    problem,
  };
}

/** What a field for date and time holds is of the reader's own clock. */
function instantOf(text: string): string | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}
