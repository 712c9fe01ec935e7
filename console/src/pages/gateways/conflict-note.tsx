import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { GatewayAnswer } from '../../../../src/admin/contract-operations.ts';
import type { AuditAnswer, Page } from '../../../../src/admin/contract.ts';
import { callApi } from '../../api/call-api.ts';
import { Button } from '../../ui/button.tsx';
import { Row } from '../../ui/stack.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import styles from './gateways.module.css';
import type { Saving } from './use-saving.ts';

const AUDIT = '/admin/v1/audit-log';
/** Further back than the newest few there is nothing about a change of this moment. */
const ENTRIES = 5;
const REFRESH_MS = 5000;

/** Somebody else was first: what they changed, and which of the two it is to be. */
export function ConflictNote(props: {
  readonly gateway: GatewayAnswer;
  readonly saving: Saving;
}): ReactElement {
  const { gateway, saving } = props;
  const { draft, isSaving, saveOver } = saving;
  const { changedByOthers } = draft;
  return (
    <div className={styles['warning']}>
      <p role="status">
        {changedByOthers.length === 0
          ? 'Somebody else made this gateway anew since you began'
          : `Somebody else changed this gateway since you began: ${changedByOthers.join(', ')}`}
        . <WhoChanged gateway={gateway} />
        Nothing of yours is saved, and nothing of it is lost.
      </p>
      <Row>
        <Button small onClick={draft.discard}>
          Load what is there now
        </Button>
        <Button
          small
          look="danger"
          busy={isSaving}
          disabled={draft.settings === undefined}
          onClick={saveOver}
        >
          Save over it
        </Button>
      </Row>
    </div>
  );
}

/** By whose order, where it was one that the audit log has: owners change theirs themselves too. */
function WhoChanged({ gateway }: { readonly gateway: GatewayAnswer }): ReactElement | null {
  const { account, id: subject, modified_at: changedAt } = gateway;
  const entryIn = (page: Page<AuditAnswer> | undefined): AuditAnswer | undefined =>
    page?.data.find(({ at }) => at === changedAt);
  const query = useQuery({
    queryKey: [AUDIT, account, subject, changedAt],
    queryFn: ({ signal }) =>
      callApi<Page<AuditAnswer>>(AUDIT, {
        query: { account, subject, action: 'gateway', limit: ENTRIES },
        signal,
        // Nobody asked for it: it keeps nobody signed in.
        isPoll: true,
      }),
    // A change is in force a moment before the log has it.
    refetchInterval: ({ state }) => (entryIn(state.data) === undefined ? REFRESH_MS : false),
  });
  const entry = entryIn(query.data);
  if (entry !== undefined) {
    return (
      <>
        It was {entry.actor}, <TimeText instant={entry.at} />.{' '}
      </>
    );
  }
  return query.error === null ? null : <>Who it was could not be read. </>;
}
