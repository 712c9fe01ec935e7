import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { PoliciesAnswer, PolicyAnswer } from '../../../../src/admin/contract-operations.ts';
import { callApi } from '../../api/call-api.ts';
import { bytesText } from '../../format/figures.ts';
import { Card, Facts } from '../../ui/card.tsx';
import { Page } from '../../ui/page.tsx';
import { EmptyState, Loaded } from '../../ui/states.tsx';
import styles from './policies.module.css';

const POLICIES = '/admin/v1/policies';

/** What the configuration says of what requests may ask. */
export function PoliciesPage(): ReactElement {
  const query = useQuery({
    queryKey: [POLICIES],
    queryFn: ({ signal }) => callApi<PoliciesAnswer>(POLICIES, { signal }),
  });
  return (
    <Page
      title="Policies"
      lead={
        <>
          All that are about a request hold, in this order. Each edit is named in the log, and to
          the caller in <code className={styles['name']}>x-quatrain-edits</code>.
        </>
      }
    >
      <Loaded query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <EmptyState title="No policies are configured">
              Policies stand in the configuration file: defaults, limits, allow and deny lists.
            </EmptyState>
          ) : (
            data.map((policy) => <PolicyCard key={policy.name} policy={policy} />)
          )
        }
      </Loaded>
    </Page>
  );
}

function listText(list: readonly string[] | null, none: string): string {
  return list === null || list.length === 0 ? none : list.join(', ');
}

function pairsText(pairs: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(pairs).map(
    ([name, value]) => `${name} = ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return listText(parts, 'none');
}

/** Who and what a policy is about, a condition a line. */
function whenFacts(when: PolicyAnswer['when']): readonly (readonly [string, string])[] {
  const conditions = Object.entries(when);
  if (conditions.length === 0) return [['Requests', 'all']];
  return conditions.map(([name, value]) => [
    `Requests: ${name.replaceAll('_', ' ')}`,
    Array.isArray(value) ? value.join(', ') : JSON.stringify(value),
  ]);
}

function deniedBetas({ deny, on_denied }: PolicyAnswer['betas']): string {
  const how = on_denied === 'drop' ? 'left out' : 'refused';
  return deny.length === 0 ? 'none' : `${deny.join(', ')} (${how})`;
}

function PolicyCard({ policy }: { readonly policy: PolicyAnswer }): ReactElement {
  const { models, parameters, betas, when } = policy;
  return (
    <Card title={policy.name}>
      <Facts
        facts={[
          ...whenFacts(when),
          ['Models allowed', listText(models.allow, 'all')],
          ['Models denied', listText(models.deny, 'none')],
          ['Model where none is named', policy.model_default ?? 'none'],
          ['Other names', pairsText(policy.model_aliases)],
          ['Defaults', pairsText(parameters.defaults)],
          ['Limits', pairsText(parameters.limits)],
          ['Parameters denied', listText(parameters.deny, 'none')],
          ['Betas allowed', listText(betas.allow, 'all')],
          ['Betas denied', deniedBetas(betas)],
          [
            'Body, at most',
            policy.body_bytes_max === null ? 'as for all' : bytesText(policy.body_bytes_max),
          ],
          ['Thinking of another model', policy.thinking_on_switch.replaceAll('_', ' ')],
        ]}
      />
    </Card>
  );
}
