import type { ReactElement, ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { Row } from '../ui/stack.tsx';
import styles from './drafts.module.css';
import type { Saving } from './use-saving.ts';

/** Somebody else was first: what they changed, and which of the two it is to be. */
export function ConflictNote(props: {
  /** What was changed, and by whom: whole sentences. */
  readonly children: ReactNode;
  readonly saving: Pick<Saving<unknown>, 'isSaving' | 'saveOver'> & {
    readonly draft: { readonly discard: () => void };
  };
  readonly canSave: boolean;
  /** More about what is there now. */
  readonly details?: ReactNode;
}): ReactElement {
  const { children, canSave, saving, details } = props;
  return (
    <div className={styles['warning']}>
      <p role="status">{children} Nothing of yours is saved, and nothing of it is lost.</p>
      {details}
      <Row>
        <Button small onClick={saving.draft.discard}>
          Load what is there now
        </Button>
        <Button
          small
          look="danger"
          busy={saving.isSaving}
          disabled={!canSave}
          onClick={saving.saveOver}
        >
          Save over it
        </Button>
      </Row>
    </div>
  );
}
