import type { ReactElement } from 'react';
import type { GatewayAnswer } from '../../../../src/admin/contract-operations.ts';
import { WhoChanged } from '../../drafts/who-changed.tsx';

/** Whose order made a gateway what it is: owners change theirs themselves too, which no log has. */
export function WhoChangedGateway({ gateway }: { readonly gateway: GatewayAnswer }): ReactElement {
  const { account, id: subject, modified_at: changedAt } = gateway;
  return (
    <WhoChanged
      about={{ action: 'gateway', account, subject }}
      change={changedAt}
      isIt={({ at }) => at === changedAt}
    />
  );
}
