import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { Page as ListPage, RequestAnswer } from '../../../../src/admin/contract.ts';
import { callApi } from '../../api/call-api.ts';
import { isReadAnew } from '../../api/is-read-anew.ts';
import { useSearchText } from '../../app/use-search-text.ts';
import { instantText } from '../../format/times.ts';
import { Card } from '../../ui/card.tsx';
import { SelectField } from '../../ui/field.tsx';
import { Page } from '../../ui/page.tsx';
import { Loaded } from '../../ui/states.tsx';
import type { Dimension } from './breakdown-table.tsx';
import { BreakdownTable, dimensionOptions } from './breakdown-table.tsx';
import { ErrorsCard } from './errors-card.tsx';
import { FigureCharts } from './figure-charts.tsx';
import { FigureStats } from './figure-stats.tsx';
import { FirstRequest } from './first-request.tsx';
import { LiveCard } from './live-card.tsx';
import type { CountedTime } from './overview-range.ts';
import { rangeIn } from './overview-range.ts';
import { RangeField } from './range-field.tsx';
import { useCountedTime } from './use-counted-time.ts';
import { useFigures } from './use-figures.ts';

const REQUESTS = '/admin/v1/requests';
const LOOK_MS = 2000;

/** How the gateway does: now, and over the time that was chosen. */
export function OverviewPage(): ReactElement {
  const { search } = useSearchText();
  const range = rangeIn(search['range']);
  const time = useCountedTime(range);
  return (
    <Page
      title="Overview"
      lead={`Counted in whole ${time.step}s since ${instantText(time.from)}.`}
      actions={<RangeField label="Time" />}
    >
      <AnyRequest>
        <LiveCard />
        <Counted time={time} />
      </AnyRequest>
    </Page>
  );
}

/** Shows how to begin until there is a request, and then what there is. */
function AnyRequest({ children }: { readonly children: ReactElement[] }): ReactElement {
  const query = useQuery({
    queryKey: [REQUESTS, 'any'],
    queryFn: ({ signal, client, queryKey }) =>
      callApi<ListPage<RequestAnswer>>(REQUESTS, {
        query: { limit: 1 },
        signal,
        isPoll: isReadAnew(client, queryKey),
      }),
    refetchInterval: ({ state }) => (state.data?.data.length === 0 ? LOOK_MS : false),
  });
  return (
    <Loaded query={query}>
      {({ data }) => (data.length === 0 ? <FirstRequest /> : <>{children}</>)}
    </Loaded>
  );
}

function Counted({ time }: { readonly time: CountedTime }): ReactElement {
  const { search, setSearch } = useSearchText();
  const by: Dimension =
    dimensionOptions.find(({ value }) => value === search['by'])?.value ?? 'model';
  const total = useFigures(time, '');
  const series = useFigures(time, time.step);
  const groups = useFigures(time, by);
  const errors = useFigures(time, 'error');
  return (
    <>
      <Loaded query={total} lines={4}>
        {({ data }) => <FigureStats figures={data[0]} />}
      </Loaded>
      <Loaded query={series}>{({ data }) => <FigureCharts time={time} rows={data} />}</Loaded>
      <Card
        title="Breakdown"
        flush
        actions={
          <SelectField
            label="By"
            hidesLabel
            value={by}
            options={dimensionOptions}
            onChange={(event) => {
              setSearch({ by: event.target.value });
            }}
          />
        }
      >
        <Loaded query={groups}>
          {({ data }) => <BreakdownTable by={by} rows={data} from={time.from} />}
        </Loaded>
      </Card>
      <Loaded query={errors}>{({ data }) => <ErrorsCard rows={data} from={time.from} />}</Loaded>
    </>
  );
}
