import type { ReactElement, ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { Row } from '../ui/stack.tsx';
import { ErrorNote } from '../ui/states.tsx';
import styles from './drafts.module.css';

/**
 * What was changed and is not saved yet, at the end of the form that saves it. It stays in sight however
 * far the page is scrolled.
 */
export function SaveBar(props: {
  /** What it is that was changed. */
  readonly children: ReactNode;
  readonly saving: {
    readonly draft: { readonly isStale: boolean; readonly discard: () => void };
    readonly error: Error | null;
    readonly isSaving: boolean;
  };
  /** Of a draft that can be sent. */
  readonly canSave: boolean;
  /** What is shown where somebody else was first. */
  readonly conflict: ReactNode;
}): ReactElement {
  const { children, saving, canSave, conflict } = props;
  const { draft, error, isSaving } = saving;
  return (
    <section className={styles['saveBar']} aria-label="Changes that are not saved">
      {error === null ? null : <ErrorNote error={error} />}
      {draft.isStale ? conflict : null}
      <div className={styles['saveRow']}>
        <span>{children}</span>
        <Row>
          <Button onClick={draft.discard}>Discard</Button>
          <Button type="submit" look="primary" busy={isSaving} disabled={!canSave || draft.isStale}>
            Save
          </Button>
        </Row>
      </div>
    </section>
  );
}
