import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { CassetteAnswer, CassettesAnswer } from '../../../../src/admin/contract-exchanges.ts';
import { callApi } from '../../api/call-api.ts';
import { useSearchText } from '../../app/use-search-text.ts';
import { bytesText, countText } from '../../format/figures.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import type { TableColumn } from '../../ui/data-table.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Page } from '../../ui/page.tsx';
import { EmptyState, Loaded } from '../../ui/states.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { CassetteDialog } from './cassette-dialog.tsx';
import { Recordings } from './recordings.tsx';

const CASSETTES = '/admin/v1/cassettes';
const ANEW_MS = 3000;

function columnsWith(open: (name: string) => void): readonly TableColumn<CassetteAnswer>[] {
  return [
    {
      id: 'name',
      name: 'Name',
      width: 'minmax(160px, 1fr)',
      cell: ({ name }) => (
        <Button
          look="ghost"
          small
          onClick={() => {
            open(name);
          }}
        >
          {name}
        </Button>
      ),
    },
    {
      id: 'exchanges',
      name: 'Exchanges',
      width: '110px',
      isNumber: true,
      cell: ({ exchanges }) => countText(exchanges),
    },
    {
      id: 'bytes',
      name: 'Size',
      width: '110px',
      isNumber: true,
      cell: ({ bytes }) => bytesText(bytes),
    },
    {
      id: 'models',
      name: 'Models',
      width: 'minmax(200px, 1.6fr)',
      cell: ({ models }) => models.join(', '),
    },
    {
      id: 'last',
      name: 'Recorded last',
      width: '130px',
      cell: ({ last_recorded_at }) => <TimeText instant={last_recorded_at} />,
    },
    {
      id: 'problem',
      name: '',
      width: 'minmax(120px, 1fr)',
      cell: ({ problem }) => (problem === null ? null : <Badge tone="bad">{problem}</Badge>),
    },
  ];
}

/** Recorded traffic: what there is, what is recorded now, and whether answers still look like that. */
export function CassettesPage(): ReactElement {
  const { search, setSearch } = useSearchText();
  const query = useQuery({
    queryKey: [CASSETTES],
    queryFn: ({ signal }) => callApi<CassettesAnswer>(CASSETTES, { isPoll: true, signal }),
    // What is recorded is written a moment later.
    refetchInterval: ANEW_MS,
  });
  const open = (name: string): void => {
    setSearch({ cassette: name });
  };
  return (
    <Page
      title="Cassettes"
      lead="A cassette is a file with recorded, redacted traffic: a replay plays it, and drift says how answers differ today."
    >
      <Loaded query={query}>
        {({ data, recordings }) => (
          <>
            <Recordings recordings={recordings} />
            <DataTable
              label="Cassettes"
              rows={data}
              columns={columnsWith(open)}
              idOf={({ name }) => name}
              onOpen={({ name }) => {
                open(name);
              }}
              empty={
                <EmptyState title="There are no cassettes">
                  Record the traffic of a key, and it is here.
                </EmptyState>
              }
            />
          </>
        )}
      </Loaded>
      {search['cassette'] === undefined ? null : (
        <CassetteDialog
          name={search['cassette']}
          onClose={() => {
            setSearch({ cassette: '' }, 'replace');
          }}
        />
      )}
    </Page>
  );
}
