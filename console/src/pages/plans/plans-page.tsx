import { Plus } from 'lucide-react';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { PlanAnswer } from '../../../../src/admin/contract.ts';
import { usePlans } from '../../api/use-plans.ts';
import { countText } from '../../format/figures.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import type { TableColumn } from '../../ui/data-table.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Page } from '../../ui/page.tsx';
import { EmptyState, Loaded } from '../../ui/states.tsx';
import { PlanDialog } from './plan-dialog.tsx';
import { RemovePlanDialog } from './remove-plan-dialog.tsx';

const BASIS_POINTS = 100;

type Step =
  | { readonly kind: 'edit' | 'remove'; readonly plan: PlanAnswer }
  | { readonly kind: 'new' };

function columnsWith(onStep: (step: Step) => void): readonly TableColumn<PlanAnswer>[] {
  return [
    { id: 'name', name: 'Name', width: 'minmax(150px, 1fr)', cell: ({ name }) => <b>{name}</b> },
    {
      id: 'kind',
      name: 'Paid',
      width: '130px',
      cell: ({ is_prepaid }) => (
        <Badge tone={is_prepaid ? 'accent' : 'neutral'}>{is_prepaid ? 'prepaid' : 'metered'}</Badge>
      ),
    },
    {
      id: 'output',
      name: 'Output at most',
      width: '130px',
      isNumber: true,
      cell: ({ output_tokens_max }) => countText(output_tokens_max),
    },
    {
      id: 'models',
      name: 'Models',
      width: 'minmax(180px, 2fr)',
      cell: ({ models }) => models?.join(', ') ?? 'all that there are',
    },
    {
      id: 'markup',
      name: 'Markup',
      width: '100px',
      isNumber: true,
      cell: ({ markup_basis_points }) => `${String(markup_basis_points / BASIS_POINTS)} %`,
    },
    {
      id: 'exhausted',
      name: 'Without money',
      width: '130px',
      cell: ({ on_exhausted }) => (on_exhausted === 'stop' ? 'stops cleanly' : 'error event'),
    },
    {
      id: 'actions',
      name: '',
      width: '170px',
      cell: (plan) =>
        plan.is_built_in ? (
          <Badge>built in</Badge>
        ) : (
          <>
            <Button
              small
              onClick={() => {
                onStep({ kind: 'edit', plan });
              }}
            >
              Edit
            </Button>{' '}
            <Button
              small
              look="danger"
              onClick={() => {
                onStep({ kind: 'remove', plan });
              }}
            >
              Remove
            </Button>
          </>
        ),
    },
  ];
}

/** On which terms accounts use the gateway. */
export function PlansPage(): ReactElement {
  const [step, setStep] = useState<Step>();
  const query = usePlans();
  const close = (): void => {
    setStep(undefined);
  };
  return (
    <Page
      title="Plans"
      lead="What the accounts of a plan may use, and whether they pay in advance."
      actions={
        <Button
          look="primary"
          onClick={() => {
            setStep({ kind: 'new' });
          }}
        >
          <Plus size={15} aria-hidden /> New plan
        </Button>
      }
    >
      <Loaded query={query}>
        {({ data }) => (
          <DataTable
            label="Plans"
            rows={data}
            columns={columnsWith(setStep)}
            idOf={({ name }) => name}
            empty={<EmptyState title="There are no plans" />}
          />
        )}
      </Loaded>
      {step?.kind === 'new' ? <PlanDialog plan={undefined} onClose={close} /> : null}
      {step?.kind === 'edit' ? <PlanDialog plan={step.plan} onClose={close} /> : null}
      {step?.kind === 'remove' ? <RemovePlanDialog plan={step.plan} onClose={close} /> : null}
    </Page>
  );
}
