import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { GatewayDetailAnswer } from '../../../../src/admin/contract-operations.ts';
import { callApi } from '../../api/call-api.ts';
import { isReadAnew } from '../../api/is-read-anew.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card, Facts } from '../../ui/card.tsx';
import { Page } from '../../ui/page.tsx';
import { Loaded } from '../../ui/states.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { gatewayPath } from './gateway-dialogs.tsx';
import { GatewaySettings } from './gateway-settings.tsx';
import { RemoveGatewayDialog } from './remove-gateway-dialog.tsx';

const REFRESH_MS = 5000;

/** One AI gateway: its settings and what belongs to it. */
export function GatewayPage(): ReactElement {
  const { account = '', gateway = '' }: { readonly account?: string; readonly gateway?: string } =
    useParams({ strict: false });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [isRemoving, setRemoving] = useState(false);
  const path = gatewayPath(account, gateway);
  const query = useQuery({
    queryKey: [path],
    queryFn: ({ signal, client, queryKey }) =>
      callApi<GatewayDetailAnswer>(path, { signal, isPoll: isReadAnew(client, queryKey) }),
    // Who changes the settings sees that others do so too.
    refetchInterval: REFRESH_MS,
  });
  const leave = (): void => {
    void navigate({ to: '/gateways' });
    queries.removeQueries({ queryKey: [path] });
    void queries.invalidateQueries({ queryKey: ['/admin/v1/gateways'] });
  };
  const { data } = query;
  return (
    <Page
      title={gateway}
      lead={`Of the account ${account}.`}
      actions={
        <Button
          look="danger"
          disabled={data === undefined}
          onClick={() => {
            setRemoving(true);
          }}
        >
          Remove
        </Button>
      }
    >
      <Loaded query={query}>
        {(detail) => (
          <>
            <GatewayFacts gateway={detail} />
            {/* Another gateway begins with a draft of its own. */}
            <GatewaySettings
              key={`${detail.account}/${detail.id}`}
              gateway={detail}
              isLeaving={isRemoving}
            />
          </>
        )}
      </Loaded>
      {data !== undefined && isRemoving ? (
        <RemoveGatewayDialog
          gateway={data}
          onClose={() => {
            setRemoving(false);
          }}
          onGone={leave}
        />
      ) : null}
    </Page>
  );
}

function GatewayFacts({ gateway }: { readonly gateway: GatewayDetailAnswer }): ReactElement {
  return (
    <Card>
      <Facts
        facts={[
          ['Kind', gateway.is_default ? <Badge key="kind">default</Badge> : 'made by its owner'],
          ['Created', <TimeText key="created" instant={gateway.created_at} />],
          ['Changed', <TimeText key="changed" instant={gateway.modified_at} />],
        ]}
      />
    </Card>
  );
}
