import type { ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { Row } from '../../ui/stack.tsx';
import { ErrorNote } from '../../ui/states.tsx';
import styles from './gateways.module.css';
import type { SettingsDraft } from './use-settings-draft.ts';

/** What was changed and is not saved yet. It stays in sight however far the form is scrolled. */
export function SaveBar(props: {
  readonly draft: SettingsDraft;
  readonly error: Error | null;
  readonly isBusy: boolean;
}): ReactElement | null {
  const { draft, error, isBusy } = props;
  if (!draft.isDirty) return null;
  return (
    <section className={styles['saveBar']} aria-label="Changes that are not saved">
      {error === null ? null : <ErrorNote error={error} />}
      {draft.isStale ? (
        <p className={styles['warning']} role="status">
          Somebody else changed this gateway meanwhile. What you save takes the place of that;
          discard your changes to see it.
        </p>
      ) : null}
      <div className={styles['saveRow']}>
        <span>{changesText(draft)}</span>
        <Row>
          <Button onClick={draft.discard}>Discard</Button>
          <Button
            type="submit"
            look="primary"
            busy={isBusy}
            disabled={draft.settings === undefined}
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
