import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { AuditNamesAnswer } from '../../../../src/admin/contract.ts';
import { callApi } from '../../api/call-api.ts';
import type { ApiAsk } from '../../api/call-api.ts';
import { useNamedIds } from '../../api/use-named.ts';
import type { SearchText } from '../../app/search-text.ts';
import { instantOfLocal } from '../../format/times.ts';
import type { Filter } from '../../ui/filter-bar.tsx';

const NAMES = '/admin/v1/audit-log/names';
const NAMES_FRESH_MS = 60_000;

/** What the audit log can be narrowed by, with what its newest entries name as suggestions. */
export function useAuditFilters(): readonly Filter[] {
  const { data } = useQuery({
    queryKey: [NAMES],
    queryFn: ({ signal }) => callApi<AuditNamesAnswer>(NAMES, { signal, isPoll: true }),
    staleTime: NAMES_FRESH_MS,
  });
  const keys = useNamedIds('/admin/v1/keys');
  const accounts = useNamedIds('/admin/v1/accounts');
  return useMemo(
    () => [
      {
        name: 'action',
        label: 'Action',
        placeholder: 'key, or key.revoke',
        suggestions: withBegins(data?.actions ?? [], '.'),
      },
      {
        name: 'actor',
        label: 'Who',
        placeholder: 'operator, or operator:ada',
        suggestions: withBegins(data?.actors ?? [], ':'),
      },
      { name: 'key', label: 'By key', placeholder: 'Any id', suggestions: keys },
      { name: 'subject', label: 'About', placeholder: 'Any id or name' },
      { name: 'account', label: 'Account', placeholder: 'Any id', suggestions: accounts },
      { name: 'from', label: 'From', type: 'datetime-local' },
      { name: 'to', label: 'To', type: 'datetime-local' },
    ],
    [data, keys, accounts],
  );
}

/** Names, and what stands in them before the sign: either can be looked for. */
function withBegins(names: readonly string[], sign: string): readonly string[] {
  return [...new Set(names.flatMap((name) => [name.split(sign)[0] ?? name, name]))].toSorted();
}

/** What the admin API is asked for by an address. */
export function askedEntries(search: SearchText): NonNullable<ApiAsk['query']> {
  const { action, actor, key, subject, account, from = '', to = '' } = search;
  return {
    action,
    actor,
    key,
    subject,
    account,
    from: instantOfLocal(from),
    to: instantOfLocal(to),
  };
}
