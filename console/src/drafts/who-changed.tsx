import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { AuditAnswer, Page } from '../../../src/admin/contract.ts';
import { callApi } from '../api/call-api.ts';
import { TimeText } from '../ui/time-text.tsx';

const AUDIT = '/admin/v1/audit-log';
/** Further back than the newest few there is nothing about a change of this moment. */
const ENTRIES = 5;
const REFRESH_MS = 5000;

/** By whose order something became what it is, where it was one that the audit log has. */
export function WhoChanged(props: {
  /** Which entries are about it. */
  readonly about: { readonly action: string; readonly subject?: string; readonly account?: string };
  /** What tells this change from the next one. */
  readonly change: string;
  /** Whether an entry is that of the change. */
  readonly isIt: (entry: AuditAnswer) => boolean;
}): ReactElement | null {
  const { about, change, isIt } = props;
  const entryIn = (page: Page<AuditAnswer> | undefined): AuditAnswer | undefined =>
    page?.data.find(isIt);
  const query = useQuery({
    queryKey: [AUDIT, about, change],
    queryFn: ({ signal }) =>
      callApi<Page<AuditAnswer>>(AUDIT, {
        query: { ...about, limit: ENTRIES },
        signal,
        // Nobody asked for it: it keeps nobody signed in.
        isPoll: true,
      }),
    // A change is in force a moment before the log has it.
    refetchInterval: ({ state }) => (entryIn(state.data) === undefined ? REFRESH_MS : false),
  });
  const entry = entryIn(query.data);
  if (entry !== undefined) {
    return (
      <>
        It was {entry.actor}, <TimeText instant={entry.at} />.{' '}
      </>
    );
  }
  return query.error === null ? null : <>Who it was could not be read. </>;
}
