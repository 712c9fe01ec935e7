import type { ReactElement, ReactNode } from 'react';
import type {
  ExplainAnswer,
  ExplainRetriesAnswer,
  ExplainRouteAnswer,
  ExplainTargetAnswer,
  ExplainVerdictAnswer,
} from '../../../../src/admin/contract-operations.ts';
import { countText, durationText } from '../../format/figures.ts';
import type { Tone } from '../../ui/badge.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Facts } from '../../ui/card.tsx';
import type { TableColumn } from '../../ui/data-table.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { MoneyText } from '../../ui/money-text.tsx';
import { Row, Stack } from '../../ui/stack.tsx';
import { decisionFacts } from './decision-facts.tsx';
import { TargetStateBadge } from '../upstreams/target-state.tsx';

const targetColumns: readonly TableColumn<ExplainTargetAnswer>[] = [
  {
    id: 'upstream',
    name: 'Asked in this order',
    width: 'minmax(160px, 1fr)',
    cell: ({ upstream, credential }) => `${upstream}, credential ${String(credential + 1)}`,
  },
  {
    id: 'model',
    name: 'Model there',
    width: 'minmax(150px, 1fr)',
    cell: ({ model }) => model ?? 'as it is sent',
  },
  {
    id: 'state',
    name: 'State',
    width: '110px',
    cell: ({ state }) => <TargetStateBadge state={state} />,
  },
  { id: 'why', name: 'Why', width: 'minmax(220px, 1.6fr)', cell: ({ why }) => why },
  {
    id: 'first',
    name: 'First byte within',
    width: '130px',
    isNumber: true,
    cell: ({ timeouts }) => durationText(timeouts.first_byte_ms),
  },
];

const outcomes: Readonly<Record<ExplainRouteAnswer['outcome'], readonly [Tone, string]>> = {
  taken: ['good', 'takes it'],
  not_for_it: ['neutral', 'is not for it'],
  nobody_usable: ['bad', 'has nobody for it'],
  not_reached: ['neutral', 'comes after'],
};

const routeColumns: readonly TableColumn<ExplainRouteAnswer>[] = [
  { id: 'name', name: 'Route', width: 'minmax(140px, 1fr)', cell: ({ name }) => <b>{name}</b> },
  {
    id: 'outcome',
    name: 'Outcome',
    width: '150px',
    cell: ({ outcome }) => {
      const [tone, text] = outcomes[outcome];
      return <Badge tone={tone}>{text}</Badge>;
    },
  },
  {
    id: 'failed',
    name: 'What did not hold',
    width: '150px',
    cell: ({ failed }) => failed ?? '–',
  },
  {
    id: 'left',
    name: 'Left out',
    width: 'minmax(220px, 2fr)',
    cell: ({ left_out }) =>
      left_out.length === 0
        ? '–'
        : left_out.map(({ upstream, why }) => `${upstream}: ${why}`).join('; '),
  },
];

/** What would happen, stage by stage. */
export function Explained({ answer }: { readonly answer: ExplainAnswer }): ReactElement {
  const { verdict, routes, targets } = answer;
  return (
    <Stack>
      <div role="status">
        <Row>
          <Badge tone={verdict.answered_from === null ? 'bad' : 'good'}>
            {verdictText(verdict)}
          </Badge>
          <b>{verdict.text}</b>
        </Row>
      </div>
      <Facts
        facts={[
          ...factsAbout(answer),
          ...decisionFacts(answer),
          ...retryFacts(answer),
          ...moneyFacts(answer),
        ]}
      />
      <DataTable
        label="Routes"
        rows={routes}
        columns={routeColumns}
        idOf={({ name }) => name}
        empty={null}
      />
      <DataTable
        label="Targets"
        rows={targets}
        columns={targetColumns}
        idOf={({ upstream, credential, model }) =>
          [upstream, String(credential), model ?? ''].join(' ')
        }
        empty={null}
      />
    </Stack>
  );
}

function verdictText({ answered_from, http_status, code }: ExplainVerdictAnswer): string {
  if (answered_from === null) return `refused, ${String(http_status)} ${code ?? ''}`;
  return answered_from === 'upstream' ? 'sent' : 'given again';
}

type Fact = readonly [string, ReactNode];

function modelText({ model }: ExplainAnswer): string {
  const { asked, sent, id, near } = model;
  if (id === null && near.length > 0) return `${asked ?? '–'}: unknown; like ${near.join(', ')}`;
  const renamed = sent !== null && sent !== asked ? `, sent as ${sent}` : '';
  return `${asked ?? '–'} is ${id ?? 'not in the registry'}${renamed}`;
}

function factsAbout(answer: ExplainAnswer): readonly Fact[] {
  const { key, plan, gateway, policies, edits, drained } = answer;
  const named = policies.map(({ name, refusal }) =>
    refusal === null ? name : `${name} (refuses: ${refusal.rule})`,
  );
  return [
    ['Model', modelText(answer)],
    ['Key', key.is_allowed ? `may, with ${key.needed_scope}` : (key.text ?? key.rule ?? 'may not')],
    ['Plan', plan?.name ?? '–'],
    ['AI gateway', gateway ?? 'none'],
    ['Policies', named.length === 0 ? 'none is about it' : named.join(', ')],
    ['Edits', edits.length === 0 ? 'none' : edits.join(', ')],
    ...(drained.length === 0 ? [] : [['Drained', drained.join(', ')] as const]),
  ];
}

function retryFacts({ retries, affinity, is_order_drawn, limits }: ExplainAnswer): readonly Fact[] {
  const bounded = limits.map(
    ({ meter, limit, remaining }) =>
      `${meter}: ${countText(remaining)} of ${countText(limit)} left`,
  );
  return [
    ['Attempts', retries === null ? '–' : attemptsText(retries)],
    ['Order', is_order_drawn ? 'drawn anew for each request' : 'always this one'],
    ['Conversation', affinity === null ? '–' : `at home with ${affinity.home.upstream}`],
    ['Limits', bounded.length === 0 ? 'none' : bounded.join('; ')],
  ];
}

function attemptsText({ by, attempts_max, total_ms }: ExplainRetriesAnswer): string {
  if (by === 'nobody') return 'asked once';
  const within = total_ms === null ? '' : `, within ${durationText(total_ms)}`;
  return `${String(attempts_max)} at most, by the ${by}${within}`;
}

function moneyFacts({ money }: ExplainAnswer): readonly Fact[] {
  if (money === null) return [];
  return [
    [
      'Held before it is sent',
      money.is_held ? <MoneyText key="held" nano={money.held_nano} /> : 'nothing: paid afterwards',
    ],
    ['Available', <MoneyText key="available" nano={money.available_nano} />],
    [
      'Input, at most',
      money.input_tokens === null ? '–' : `${countText(money.input_tokens)} tokens`,
    ],
    ['Prices', money.price_version ?? 'unknown'],
  ];
}
