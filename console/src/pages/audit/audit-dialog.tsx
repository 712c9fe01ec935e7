import type { ReactElement } from 'react';
import type { AuditAnswer } from '../../../../src/admin/contract.ts';
import { instantText } from '../../format/times.ts';
import { Facts } from '../../ui/card.tsx';
import { JsonBlock } from '../../ui/code-block.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import styles from './audit.module.css';

/** One entry: what was before, and what is after. */
export function AuditDialog(props: {
  readonly entry: AuditAnswer;
  readonly onClose: () => void;
}): ReactElement {
  const { entry, onClose } = props;
  const { action, subject, at, actor, key_id, address, request_id, account, reason } = entry;
  return (
    <Dialog title={`${action} ${subject}`} isOpen onClose={onClose} wide>
      <div className={styles['stack']}>
        <Facts
          facts={[
            ['When', instantText(at)],
            ['Who', actor],
            ['Key', key_id ?? '–'],
            ['Address', address ?? '–'],
            ['Request', request_id ?? '–'],
            ['Account', account ?? '–'],
            ['Reason', reason ?? '–'],
          ]}
        />
        <div className={styles['sides']}>
          <div>
            <h3>Before</h3>
            <JsonBlock value={entry.before ?? null} label="state before" />
          </div>
          <div>
            <h3>After</h3>
            <JsonBlock value={entry.after ?? null} label="state after" />
          </div>
        </div>
      </div>
    </Dialog>
  );
}
