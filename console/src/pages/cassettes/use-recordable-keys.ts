import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { KeyAnswer, Page } from '../../../../src/admin/contract.ts';
import { callApi } from '../../api/call-api.ts';
import type { ComboOption } from '../../ui/combo-match.ts';
import { recordableKeys } from './recordable-keys.ts';

const KEYS = '/admin/v1/keys';
/** Requests come with such keys. Those beyond the newest thousand are recorded by their ids. */
const WANTED = { kind: 'inference', status: 'active', limit: 1000 };

/** Keys that are offered to be recorded. */
export function useRecordableKeys(): readonly ComboOption[] {
  const { data } = useQuery({
    queryKey: [KEYS, 'recordable'],
    queryFn: ({ signal }) => callApi<Page<KeyAnswer>>(KEYS, { query: WANTED, signal }),
  });
  return useMemo(() => recordableKeys(data?.data ?? []), [data]);
}
