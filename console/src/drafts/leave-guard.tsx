import { useBlocker } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { FormDialog } from '../ui/dialog.tsx';

/** Asks whoever leaves the page while something is not saved. */
export function LeaveGuard(props: {
  readonly isOn: boolean;
  /** What is not saved: a sentence. */
  readonly description: string;
}): ReactElement | null {
  const { isOn, description } = props;
  const blocker = useBlocker({
    // Another tab of the same page is no other page.
    shouldBlockFn: ({ current, next }) => isOn && current.pathname !== next.pathname,
    enableBeforeUnload: isOn,
    withResolver: true,
  });
  if (blocker.status !== 'blocked') return null;
  return (
    <FormDialog
      title="Leave without saving?"
      description={description}
      isOpen
      onClose={blocker.reset}
      submitText="Leave"
      isDangerous
      isBusy={false}
      error={null}
      onSubmit={blocker.proceed}
    >
      {null}
    </FormDialog>
  );
}
