import type { ReactElement } from 'react';
import type { GatewayAnswer } from '../../../../src/admin/contract-operations.ts';
import { Button } from '../../ui/button.tsx';
import { Row } from '../../ui/stack.tsx';
import { ErrorNote } from '../../ui/states.tsx';
import { ConflictNote } from './conflict-note.tsx';
import styles from './gateways.module.css';
import type { Saving } from './use-saving.ts';
import type { SettingsDraft } from './use-settings-draft.ts';

/** What was changed and is not saved yet. It stays in sight however far the form is scrolled. */
export function SaveBar(props: {
  readonly gateway: GatewayAnswer;
  readonly saving: Saving;
}): ReactElement | null {
  const { gateway, saving } = props;
  const { draft, error, isSaving } = saving;
  if (!draft.isDirty) return null;
  return (
    <section className={styles['saveBar']} aria-label="Changes that are not saved">
      {error === null ? null : <ErrorNote error={error} />}
      {draft.isStale ? <ConflictNote gateway={gateway} saving={saving} /> : null}
      <div className={styles['saveRow']}>
        <span>{changesText(draft)}</span>
        <Row>
          <Button onClick={draft.discard}>Discard</Button>
          <Button
            type="submit"
            look="primary"
            busy={isSaving}
            disabled={draft.settings === undefined || draft.isStale}
          >
            Save
          </Button>
        </Row>
      </div>
    </section>
  );
}

function changesText({ settings, changed }: SettingsDraft): string {
  if (settings === undefined) return 'The JSON is no object.';
  return `Changed: ${changed.join(', ')}`;
}
