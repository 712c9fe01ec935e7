import type { ReactElement } from 'react';
import type {
  GatewayAccessPolicyAnswer,
  GatewayDetailAnswer,
  GatewayDynamicRouteAnswer,
  GatewayProviderKeyAnswer,
} from '../../../../src/admin/contract-operations.ts';
import type { Tone } from '../../ui/badge.tsx';
import { Badge } from '../../ui/badge.tsx';
import type { TableColumn } from '../../ui/data-table.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Card } from '../../ui/card.tsx';
import { Stack } from '../../ui/stack.tsx';
import { TimeText } from '../../ui/time-text.tsx';

const actions: Readonly<Record<GatewayAccessPolicyAnswer['action'], Tone>> = {
  allow: 'good',
  block: 'bad',
  cap: 'warn',
};

const policyColumns: readonly TableColumn<GatewayAccessPolicyAnswer>[] = [
  { id: 'name', name: 'Name', width: 'minmax(140px, 1fr)', cell: ({ name }) => <b>{name}</b> },
  {
    id: 'action',
    name: 'Action',
    width: '150px',
    cell: ({ action, limit_usd, period }) => (
      <Badge tone={actions[action]}>
        {action}
        {limit_usd === null ? '' : ` $${String(limit_usd)} ${period ?? ''}`}
      </Badge>
    ),
  },
  { id: 'actor', name: 'Who', width: 'minmax(140px, 1fr)', cell: ({ actor }) => actor },
  { id: 'resource', name: 'What', width: 'minmax(140px, 1fr)', cell: ({ resource }) => resource },
  {
    id: 'condition',
    name: 'Condition',
    width: 'minmax(160px, 1fr)',
    cell: ({ condition }) => condition ?? '–',
  },
  {
    id: 'on',
    name: '',
    width: '90px',
    cell: ({ is_enabled }) => (is_enabled ? <Badge tone="good">on</Badge> : <Badge>off</Badge>),
  },
];

const keyColumns: readonly TableColumn<GatewayProviderKeyAnswer>[] = [
  {
    id: 'provider',
    name: 'Provider',
    width: 'minmax(140px, 1fr)',
    cell: ({ provider }) => <b>{provider}</b>,
  },
  { id: 'alias', name: 'Alias', width: 'minmax(120px, 1fr)', cell: ({ alias }) => alias },
  {
    id: 'preview',
    name: 'Key',
    width: '140px',
    cell: ({ preview }) => <code>{preview}</code>,
  },
  {
    id: 'default',
    name: '',
    width: '100px',
    cell: ({ is_default }) => (is_default ? <Badge tone="accent">default</Badge> : null),
  },
  {
    id: 'created',
    name: 'Created',
    width: '120px',
    cell: ({ created_at }) => <TimeText instant={created_at} />,
  },
];

const routeColumns: readonly TableColumn<GatewayDynamicRouteAnswer>[] = [
  { id: 'name', name: 'Name', width: 'minmax(160px, 1fr)', cell: ({ name }) => <b>{name}</b> },
  {
    id: 'versions',
    name: 'Versions',
    width: '110px',
    isNumber: true,
    cell: ({ versions }) => String(versions.length),
  },
  {
    id: 'active',
    name: 'Deployed',
    width: 'minmax(180px, 1fr)',
    cell: ({ active_version }) =>
      active_version === null ? <Badge tone="warn">none</Badge> : <code>{active_version}</code>,
  },
];

/** What belongs to a gateway: rules about who may use it, keys of providers, routes of its own. */
export function GatewayParts({ gateway }: { readonly gateway: GatewayDetailAnswer }): ReactElement {
  return (
    <Stack>
      <Card title="Access policies">
        <DataTable
          label="Access policies"
          rows={gateway.access_policies}
          columns={policyColumns}
          idOf={({ id }) => id}
          empty="None: whoever has a key of the account may use it."
        />
      </Card>
      <Card title="Provider keys">
        <DataTable
          label="Provider keys"
          rows={gateway.provider_keys}
          columns={keyColumns}
          idOf={({ id }) => id}
          empty="None is stored: the gateway's own upstreams answer."
        />
      </Card>
      <Card title="Dynamic routes">
        <DataTable
          label="Dynamic routes"
          rows={gateway.dynamic_routes}
          columns={routeColumns}
          idOf={({ id }) => id}
          empty="None: a request's model is asked as it is named."
        />
      </Card>
    </Stack>
  );
}
