import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { CheckAnswer } from '../../../../src/admin/contract.ts';
import { callApi } from '../../api/call-api.ts';
import { countText } from '../../format/figures.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card, Facts } from '../../ui/card.tsx';
import { ErrorNote } from '../../ui/states.tsx';
import styles from './audit.module.css';

/** Computes both chains of hashes again, when somebody asks for it: they may be long. */
export function ChainChecks(): ReactElement {
  return (
    <div className={styles['checks']}>
      <ChainCheck title="Chain of this log" path="/admin/v1/audit-log/check" />
      <ChainCheck title="Books and their chain" path="/admin/v1/ledger/check" />
    </div>
  );
}

function ChainCheck(props: { readonly title: string; readonly path: string }): ReactElement {
  const { title, path } = props;
  const query = useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => callApi<CheckAnswer>(path, { signal }),
    enabled: false,
  });
  const { data, error, isFetching } = query;
  return (
    <Card
      title={title}
      actions={
        <Button
          small
          busy={isFetching}
          onClick={() => {
            void query.refetch();
          }}
        >
          Check
        </Button>
      }
    >
      {data === undefined ? (
        <p>Not checked on this page yet.</p>
      ) : (
        <Facts
          facts={[
            [
              'Result',
              <Badge key="result" tone={data.is_sound ? 'good' : 'bad'}>
                {data.is_sound ? 'sound' : 'broken'}
              </Badge>,
            ],
            ['Entries', countText(data.entries)],
            [
              'Ends with',
              <code key="head" className={styles['head']}>
                {data.head}
              </code>,
            ],
            ...data.problems.map((problem) => ['Problem', problem] as const),
          ]}
        />
      )}
      {error === null ? null : <ErrorNote error={error} />}
    </Card>
  );
}
