import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { UpstreamsAnswer } from '../../../../src/admin/contract-operations.ts';
import { callApi } from '../../api/call-api.ts';
import { useSearchText } from '../../app/use-search-text.ts';
import { Page } from '../../ui/page.tsx';
import { EmptyState, Loaded } from '../../ui/states.tsx';
import { rangeIn } from '../overview/overview-range.ts';
import { RangeField } from '../overview/range-field.tsx';
import { useCountedTime } from '../overview/use-counted-time.ts';
import { UpstreamCard } from './upstream-card.tsx';

const UPSTREAMS = '/admin/v1/upstreams';
const REFRESH_MS = 3000;

/** Who answers, and how each of them fares. */
export function UpstreamsPage(): ReactElement {
  const { search } = useSearchText();
  const range = rangeIn(search['range']);
  const time = useCountedTime(range);
  const query = useQuery({
    queryKey: [UPSTREAMS],
    queryFn: ({ signal }) => callApi<UpstreamsAnswer>(UPSTREAMS, { isPoll: true, signal }),
    refetchInterval: REFRESH_MS,
  });
  return (
    <Page
      title="Upstreams"
      lead="Figures are of this process since it started, charts of the request log. A drained upstream gets no new requests; what it has finishes."
      actions={<RangeField label="Time of the charts" />}
    >
      <Loaded query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <EmptyState title="There are no upstreams" />
          ) : (
            data.map((upstream) => (
              <UpstreamCard key={upstream.name} upstream={upstream} time={time} />
            ))
          )
        }
      </Loaded>
    </Page>
  );
}
