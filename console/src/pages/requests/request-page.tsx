import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { ExchangeAnswer } from '../../../../src/admin/contract-exchanges.ts';
import { callApi } from '../../api/call-api.ts';
import { isReadAnew } from '../../api/is-read-anew.ts';
import { useSearchText } from '../../app/use-search-text.ts';
import { buttonClass } from '../../ui/button.tsx';
import { JsonBlock } from '../../ui/code-block.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Page } from '../../ui/page.tsx';
import { Loaded } from '../../ui/states.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { AskedTab, AnsweredTab } from './detail/content-tabs.tsx';
import { AttemptsTab } from './detail/attempts-tab.tsx';
import { LedgerTab } from './detail/ledger-tab.tsx';
import { RequestHead } from './detail/request-head.tsx';
import { SummaryTab } from './detail/summary-tab.tsx';
import styles from './requests.module.css';

const ANEW_MS = 1000;

/** Everything that is known of one request; read anew until it is over. */
export function RequestPage(): ReactElement {
  const { request: id = '' }: { readonly request?: string } = useParams({ strict: false });
  const path = `/admin/v1/requests/${encodeURIComponent(id)}/exchange`;
  const query = useQuery({
    queryKey: [path],
    queryFn: ({ signal, client, queryKey }) =>
      callApi<ExchangeAnswer>(path, { signal, isPoll: isReadAnew(client, queryKey) }),
    refetchInterval: ({ state }) => (state.data?.request.status === 'running' ? ANEW_MS : false),
  });
  return (
    <Page
      title="Request"
      lead={
        <span className={styles['id']}>
          <code>{id}</code>
          <CopyButton text={id} label="request id" />
        </span>
      }
      actions={
        <Link to="/requests" activeOptions={{ exact: true }} className={buttonClass({})}>
          All requests
        </Link>
      }
    >
      <Loaded query={query}>{(exchange) => <Exchange exchange={exchange} />}</Loaded>
    </Page>
  );
}

const tabs: readonly {
  readonly value: string;
  readonly name: string;
  readonly Content: (props: { readonly exchange: ExchangeAnswer }) => ReactElement;
}[] = [
  { value: 'summary', name: 'Summary', Content: SummaryTab },
  { value: 'attempts', name: 'Attempts', Content: AttemptsTab },
  { value: 'request', name: 'Request', Content: AskedTab },
  { value: 'response', name: 'Response', Content: AnsweredTab },
  { value: 'ledger', name: 'Ledger', Content: LedgerTab },
  {
    value: 'raw',
    name: 'JSON',
    Content: ({ exchange }) => <JsonBlock value={exchange} label="exchange" />,
  },
];

function Exchange({ exchange }: { readonly exchange: ExchangeAnswer }): ReactElement {
  const { search, setSearch } = useSearchText();
  const shown = tabs.find(({ value }) => value === search['tab'])?.value ?? 'summary';
  return (
    <>
      <RequestHead request={exchange.request} />
      <Tabs
        label="Views of the request"
        value={shown}
        onChange={(tab) => {
          setSearch({ tab: tab === 'summary' ? '' : tab });
        }}
        tabs={tabs.map(({ value, name, Content }) => ({
          value,
          name,
          content: <Content exchange={exchange} />,
        }))}
      />
    </>
  );
}
