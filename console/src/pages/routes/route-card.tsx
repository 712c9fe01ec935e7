import type { ReactElement } from 'react';
import type {
  RouteAnswer,
  RouteConditionsAnswer,
  RouteTargetAnswer,
} from '../../../../src/admin/contract-operations.ts';
import { bytesText, durationText } from '../../format/figures.ts';
import { Badge } from '../../ui/badge.tsx';
import { Card, Facts } from '../../ui/card.tsx';
import type { TableColumn } from '../../ui/data-table.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Stack } from '../../ui/stack.tsx';

/** Conditions in words; all of them have to hold. */
function conditionsText(when: RouteConditionsAnswer): string {
  const { accounts, keys, headers, features, body_bytes_min, body_bytes_max } = when;
  const parts = [
    accounts === null ? '' : `account ${accounts.join(' or ')}`,
    keys === null ? '' : `key ${keys.join(' or ')}`,
    ...Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`),
    features === null ? '' : `uses ${features.join(' or ')}`,
    body_bytes_min === null ? '' : `from ${bytesText(body_bytes_min)}`,
    body_bytes_max === null ? '' : `up to ${bytesText(body_bytes_max)}`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'any' : parts.join(', ');
}

const columns: readonly TableColumn<RouteTargetAnswer>[] = [
  {
    id: 'upstream',
    name: 'Upstream',
    width: 'minmax(160px, 1fr)',
    cell: ({ upstream }) => <b>{upstream}</b>,
  },
  {
    id: 'weight',
    name: 'Weight',
    width: '110px',
    isNumber: true,
    cell: ({ weight }) => (weight === null ? <Badge>fallback</Badge> : String(weight)),
  },
  {
    id: 'model',
    name: 'Model there',
    width: 'minmax(160px, 1fr)',
    cell: ({ model }) => model ?? 'as in the request',
  },
  {
    id: 'first',
    name: 'First byte within',
    width: '130px',
    isNumber: true,
    cell: ({ first_byte_ms }) => durationText(first_byte_ms),
  },
  {
    id: 'when',
    name: 'Requests',
    width: 'minmax(200px, 1.6fr)',
    cell: ({ when }) => conditionsText(when),
  },
];

/** One route, as it is configured. */
export function RouteCard({ route }: { readonly route: RouteAnswer }): ReactElement {
  const { name, models, when, targets, fallbacks, attempts_max, total_ms, affinity } = route;
  return (
    <Card title={name}>
      <Stack>
        <Facts
          facts={[
            ['Models', models?.join(', ') ?? 'all'],
            ['Requests', conditionsText(when)],
            ['Attempts', `${String(attempts_max)} at most`],
            ['In all', total_ms === null ? 'no bound of its own' : durationText(total_ms)],
            [
              'Conversations',
              affinity === 'prompt_cache'
                ? 'go back to who has their prompt cached'
                : 'are drawn anew each time',
            ],
          ]}
        />
        <DataTable
          label={`Targets of ${name}`}
          rows={[...targets, ...fallbacks]}
          columns={columns}
          idOf={({ upstream, weight, model }) =>
            [upstream, weight ?? 'fallback', model ?? ''].join(' ')
          }
          empty={null}
        />
      </Stack>
    </Card>
  );
}
