import { useNavigate } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import type { RequestAnswer } from '../../../../src/admin/contract.ts';
import { usePages } from '../../api/use-pages.ts';
import { isNarrowing } from '../../app/search-text.ts';
import { useSearchText } from '../../app/use-search-text.ts';
import { CheckField } from '../../ui/field.tsx';
import { FilterBar } from '../../ui/filter-bar.tsx';
import { Page } from '../../ui/page.tsx';
import { PagedTable } from '../../ui/paged-table.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { requestColumns } from './request-columns.tsx';
import { askedRequests, useRequestFilters } from './request-filters.ts';
import styles from './requests.module.css';

const ANEW_MS = 5000;

/** Every request that was asked, newest first, narrowed by what stands in the address. */
export function RequestsPage(): ReactElement {
  const { search, setSearch } = useSearchText();
  const navigate = useNavigate();
  const filters = useRequestFilters(search);
  const { query, problem } = useMemo(() => askedRequests(search), [search]);
  const isFollowing = search['follow'] === '1';
  const list = usePages<RequestAnswer>('/admin/v1/requests', query, {
    refetchMs: isFollowing ? ANEW_MS : undefined,
  });
  const isNarrowed = isNarrowing(query);
  return (
    <Page
      title="Requests"
      lead="What was asked, how it ended and what it cost."
      actions={
        <CheckField
          label="Refresh by itself"
          checked={isFollowing}
          onChange={(event) => {
            setSearch({ follow: event.target.checked ? '1' : '' });
          }}
        />
      }
    >
      <FilterBar filters={filters} />
      {problem === undefined ? null : (
        <p className={styles['problem']} role="alert">
          {problem}
        </p>
      )}
      <PagedTable
        label="Requests"
        list={list}
        columns={requestColumns}
        idOf={({ id }) => id}
        onOpen={({ id }) => {
          void navigate({ to: '/requests/$request', params: { request: id } });
        }}
        empty={
          <EmptyState title={isNarrowed ? 'No request is like that' : 'No requests yet'}>
            {isNarrowed
              ? 'Take a filter away, or look at another time.'
              : 'What applications ask of the gateway is listed here a second later.'}
          </EmptyState>
        }
      />
    </Page>
  );
}
