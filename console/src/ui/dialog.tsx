import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { FormEvent, ReactElement, ReactNode } from 'react';
import { useEffect, useRef } from 'react';
import { Button } from './button.tsx';
import { classNames } from './class-names.ts';
import styles from './dialog.module.css';
import { ErrorNote } from './states.tsx';

interface DialogProps {
  readonly title: string;
  readonly description?: ReactNode;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly wide?: boolean;
  /** What is behind it is not for everybody's eyes. */
  readonly hidesPage?: boolean;
  readonly children: ReactNode;
}

/** Something in front of the page that has to be answered or closed first. */
export function Dialog(props: DialogProps): ReactElement {
  const { title, description, isOpen, onClose, wide, hidesPage, children } = props;
  const body = useRef<HTMLDivElement>(null);
  return (
    <BaseDialog.Root
      open={isOpen}
      onOpenChange={(opens) => {
        if (!opens) onClose();
      }}
    >
      <BaseDialog.Portal>
        <BaseDialog.Backdrop
          className={classNames(styles['backdrop'], hidesPage === true && styles['opaque'])}
        />
        <BaseDialog.Popup
          className={classNames(styles['popup'], wide === true && styles['wide'])}
          // What is to be filled in, and not the button that closes it; nothing where a keyboard of glass would open.
          initialFocus={(how) =>
            how === 'touch' ||
            (body.current?.querySelector<HTMLElement>(
              'input:enabled, select:enabled, textarea:enabled',
            ) ??
              true)
          }
        >
          <div className={styles['head']}>
            <div>
              <BaseDialog.Title className={styles['title']}>{title}</BaseDialog.Title>
              {description === undefined ? null : (
                <BaseDialog.Description className={styles['description']}>
                  {description}
                </BaseDialog.Description>
              )}
            </div>
            <BaseDialog.Close
              render={
                <Button look="ghost" icon small aria-label="Close">
                  <X size={16} aria-hidden />
                </Button>
              }
            />
          </div>
          <div ref={body} className={styles['body']}>
            {children}
          </div>
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

interface FormDialogProps extends DialogProps {
  readonly submitText: string;
  readonly onSubmit: () => void;
  readonly isBusy: boolean;
  readonly error: Error | null;
  /** What it does cannot be taken back. */
  readonly isDangerous?: boolean;
  readonly cannotSubmit?: boolean;
  /** On what closes it; another word where "Cancel" could be the order itself. */
  readonly closeText?: string;
}

/** A form in a dialog: it says what the gateway refused, and waits for the answer. */
export function FormDialog(props: FormDialogProps): ReactElement {
  const { submitText, onSubmit, isBusy, error, isDangerous, cannotSubmit, closeText, ...rest } =
    props;
  const { children, ...dialog } = rest;
  // Pressed twice before the page could be drawn anew: the second press is not another order.
  const isSent = useRef(false);
  useEffect(() => {
    if (!isBusy) isSent.current = false;
  }, [isBusy]);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (error !== null) showRefused(form.current);
  }, [error]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isBusy || isSent.current || cannotSubmit === true) return;
    isSent.current = true;
    onSubmit();
  };
  return (
    <Dialog {...dialog}>
      <form ref={form} onSubmit={submit} noValidate>
        <div className={styles['form']}>
          {children}
          {error === null ? null : <ErrorNote error={error} />}
        </div>
        <div className={styles['actions']}>
          <Button onClick={dialog.onClose}>{closeText ?? 'Cancel'}</Button>
          <Button
            type="submit"
            look={isDangerous === true ? 'danger' : 'primary'}
            busy={isBusy}
            disabled={cannotSubmit === true}
          >
            {submitText}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** What was refused may be out of sight in a long form: its field is gone to, else what is said of it. */
function showRefused(form: HTMLFormElement | null): void {
  const field = form?.querySelector<HTMLElement>('[aria-invalid="true"]');
  const shown = field ?? form?.querySelector<HTMLElement>('[role="alert"]');
  field?.focus({ preventScroll: true });
  shown?.scrollIntoView({ block: 'center' });
}
