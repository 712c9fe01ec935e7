import type { UseQueryResult } from '@tanstack/react-query';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { OverviewAnswer, Page } from '../../../../src/admin/contract.ts';
import type { GatewayAnswer } from '../../../../src/admin/contract-operations.ts';
import type { ApiAsk } from '../../api/call-api.ts';
import { callApi } from '../../api/call-api.ts';
import { useNamedIds } from '../../api/use-named.ts';
import type { SearchText } from '../../app/search-text.ts';
import { nanoOfUsd } from '../../format/money.ts';
import { instantOfLocal } from '../../format/times.ts';
import type { Filter } from '../../ui/filter-bar.tsx';
import { useNow } from '../../ui/use-now.ts';

const OVERVIEW = '/admin/v1/overview';
const GATEWAYS = '/admin/v1/gateways';
const GATEWAYS_MAX = 200;
const HOUR_MS = 3_600_000;
const SEEN_HOURS = 24;
const SEEN_FRESH_MS = 60_000;
/** The forms that models are asked in, by the names that the log has of them. */
const forms = ['messages', 'chat-completions', 'workers-ai'];
/** What most answers have; those that were seen besides are added. */
const usualStatuses = ['200', '400', '401', '402', '403', '404', '413', '429', '500', '502', '529'];

/** What lists of requests can be narrowed by, with what was seen in the last day as suggestions. */
export function useRequestFilters(search: SearchText): readonly Filter[] {
  const nowMs = useNow();
  const hourMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  const query = useSeen(hourMs);
  const { data } = query;
  const gateways = useGatewayNames();
  const keys = useNamedIds('/admin/v1/keys');
  const accounts = useNamedIds('/admin/v1/accounts');
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
      { name: 'key', label: 'Key', placeholder: 'Any id', suggestions: keys },
      { name: 'account', label: 'Account', placeholder: 'Any id', suggestions: accounts },
      { name: 'upstream', label: 'Upstream', placeholder: 'Any', suggestions: seen('upstream') },
      { name: 'gateway', label: 'AI gateway', placeholder: 'Any', suggestions: gateways },
      { name: 'form', label: 'Form', options: optionsOf(withOwn(forms, search['form'])) },
      { name: 'stream', label: 'Answer', options: streamOptions },
      { name: 'status', label: 'Status', options: optionsOf(statuses) },
      {
        name: 'error',
        label: 'Error',
        options: [{ value: 'any', text: 'Any failure' }, ...optionsOf(codes)],
      },
      { name: 'cost_min', label: 'Cost from, USD', placeholder: '0.01' },
      { name: 'min_ms', label: 'Duration from, ms', placeholder: '1000' },
      { name: 'from', label: 'From', type: 'datetime-local' },
      { name: 'to', label: 'To', type: 'datetime-local' },
    ];
  }, [data, gateways, keys, accounts, search]);
}

const streamOptions = [
  { value: 'true', text: 'As a stream' },
  { value: 'false', text: 'In one piece' },
];

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

/** Gateways of several accounts may have one name. */
function useGatewayNames(): readonly string[] {
  const { data } = useQuery({
    queryKey: [GATEWAYS, 'names'],
    queryFn: ({ signal }) =>
      callApi<Page<GatewayAnswer>>(GATEWAYS, {
        query: { limit: GATEWAYS_MAX },
        signal,
        isPoll: true,
      }),
    staleTime: SEEN_FRESH_MS,
  });
  return useMemo(() => [...new Set(data?.data.map(({ id }) => id))].toSorted(), [data]);
}

/** What the admin API is asked for by an address; `problem` is what cannot be asked. */
export interface AskedRequests {
  readonly query: NonNullable<ApiAsk['query']>;
  readonly problem: string | undefined;
}

const plainNames = [
  'model',
  'key',
  'account',
  'upstream',
  'gateway',
  'form',
  'stream',
  'status',
  'error',
] as const;
const wholeMs = /^\d{1,9}$/;

const COST_PROBLEM = 'The cost is an amount in USD such as 0.01, so it does not narrow the list.';
const DURATION_PROBLEM =
  'The duration is a whole number of milliseconds, so it does not narrow the list.';

/** Reads the filters of an address. */
export function askedRequests(search: SearchText): AskedRequests {
  const { cost_min: cost = '', min_ms: duration = '', from = '', to = '' } = search;
  const costNano = cost === '' ? undefined : nanoOfUsd(cost);
  const minMs = wholeMs.test(duration) ? duration : undefined;
  const problems = [
    ...(cost !== '' && costNano === undefined ? [COST_PROBLEM] : []),
    ...(duration !== '' && minMs === undefined ? [DURATION_PROBLEM] : []),
  ];
  return {
    query: {
      ...Object.fromEntries(plainNames.map((name) => [name, search[name]])),
      cost_min_nano: costNano,
      min_ms: minMs,
      from: instantOfLocal(from),
      to: instantOfLocal(to),
    },
    problem: problems.length === 0 ? undefined : problems.join(' '),
  };
}
