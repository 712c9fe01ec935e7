import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { AccountAnswer, KeyAnswer, Page } from '../../../src/admin/contract.ts';
import { callApi } from './call-api.ts';

/** Those beyond the newest thousand are known by their ids alone. */
const NAMED_MAX = 1000;
const FRESH_MS = 30_000;
const none: readonly Named[] = [];

/** What has a name besides its id. */
export type Named = Pick<AccountAnswer | KeyAnswer, 'id' | 'name'>;

/** Keys or accounts with what they are called; none while nobody asks. */
export function useNamed(
  path: '/admin/v1/keys' | '/admin/v1/accounts' | undefined,
): readonly Named[] {
  const { data } = useQuery({
    queryKey: [path, 'names'],
    queryFn: ({ signal }) =>
      callApi<Page<Named>>(path ?? '', { query: { limit: NAMED_MAX }, signal, isPoll: true }),
    enabled: path !== undefined,
    staleTime: FRESH_MS,
  });
  return data?.data ?? none;
}

/** The same as suggestions for a field that takes an id. */
export function useNamedIds(
  path: '/admin/v1/keys' | '/admin/v1/accounts',
): readonly { readonly value: string; readonly text: string }[] {
  const named = useNamed(path);
  return useMemo(() => named.map(({ id, name }) => ({ value: id, text: name })), [named]);
}
