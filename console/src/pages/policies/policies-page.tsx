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

function listText(list: readonly string[]): string {
  return list.join(', ');
}

/** A list that is there and empty lets nothing pass. */
function allowedText(list: readonly string[] | null): string {
  return list?.length === 0 ? 'none' : listText(list ?? []);
}

function pairsText(pairs: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(pairs).map(
    ([name, value]) => `${name} = ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return listText(parts);
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
  return deny.length === 0 ? '' : `${deny.join(', ')} (${how})`;
}

/** What a policy asks of the requests that it is about; what it leaves open is not said. */
function ruleFacts(policy: PolicyAnswer): readonly (readonly [string, string])[] {
  const { models, parameters, betas, body_bytes_max: bytes, thinking_on_switch: thinking } = policy;
  const all: readonly (readonly [string, string])[] = [
    ['Models allowed', allowedText(models.allow)],
    ['Models denied', listText(models.deny)],
    ['Model where none is named', policy.model_default ?? ''],
    ['Other names', pairsText(policy.model_aliases)],
    ['Defaults', pairsText(parameters.defaults)],
    ['Limits', pairsText(parameters.limits)],
    ['Parameters denied', listText(parameters.deny)],
    ['Betas allowed', allowedText(betas.allow)],
    ['Betas denied', deniedBetas(betas)],
    ['Body, at most', bytes === null ? '' : bytesText(bytes)],
    ['Thinking of another model', thinking === 'keep' ? '' : thinking.replaceAll('_', ' ')],
  ];
  return all.filter(([, text]) => text !== '');
}

function PolicyCard({ policy }: { readonly policy: PolicyAnswer }): ReactElement {
  return (
    <Card title={policy.name}>
      <Facts facts={[...whenFacts(policy.when), ...ruleFacts(policy)]} />
    </Card>
  );
}
