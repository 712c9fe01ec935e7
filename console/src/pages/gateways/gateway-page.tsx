import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { GatewayDetailAnswer } from '../../../../src/admin/contract-operations.ts';
import { callApi } from '../../api/call-api.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card, Facts } from '../../ui/card.tsx';
import { JsonBlock } from '../../ui/code-block.tsx';
import { Page } from '../../ui/page.tsx';
import { Loaded } from '../../ui/states.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { EditGatewayDialog, RemoveGatewayDialog, gatewayPath } from './gateway-dialogs.tsx';
import { GatewayParts } from './gateway-parts.tsx';

type Step = 'edit' | 'remove' | undefined;

/** One AI gateway: its settings and what belongs to it. */
export function GatewayPage(): ReactElement {
  const { account = '', gateway = '' }: { readonly account?: string; readonly gateway?: string } =
    useParams({ strict: false });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [step, setStep] = useState<Step>();
  const path = gatewayPath(account, gateway);
  const query = useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => callApi<GatewayDetailAnswer>(path, { signal }),
  });
  const close = (): void => {
    setStep(undefined);
  };
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
        <>
          <Button
            disabled={data === undefined}
            onClick={() => {
              setStep('edit');
            }}
          >
            Edit settings
          </Button>
          <Button
            look="danger"
            disabled={data === undefined}
            onClick={() => {
              setStep('remove');
            }}
          >
            Remove
          </Button>
        </>
      }
    >
      <Loaded query={query}>{(detail) => <GatewayDetail gateway={detail} />}</Loaded>
      {data !== undefined && step === 'edit' ? (
        <EditGatewayDialog gateway={data} onClose={close} />
      ) : null}
      {data !== undefined && step === 'remove' ? (
        <RemoveGatewayDialog gateway={data} onClose={close} onGone={leave} />
      ) : null}
    </Page>
  );
}

function GatewayDetail({ gateway }: { readonly gateway: GatewayDetailAnswer }): ReactElement {
  return (
    <>
      <Card>
        <Facts
          facts={[
            ['Kind', gateway.is_default ? <Badge key="kind">default</Badge> : 'made by its owner'],
            ['Created', <TimeText key="created" instant={gateway.created_at} />],
            ['Changed', <TimeText key="changed" instant={gateway.modified_at} />],
          ]}
        />
      </Card>
      <GatewayParts gateway={gateway} />
      <Card title="Settings">
        <JsonBlock value={gateway.settings} label="settings of the gateway" />
      </Card>
    </>
  );
}
