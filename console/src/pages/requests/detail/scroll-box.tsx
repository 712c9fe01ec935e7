import type { ReactElement, ReactNode } from 'react';
import styles from '../requests.module.css';

/** Room for a table that may be wider than its card: it is scrolled by keyboard too. */
export function ScrollBox(props: {
  readonly label: string;
  readonly children: ReactNode;
}): ReactElement {
  const { label, children } = props;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it is scrolled by keyboard
    <div
      className={styles['scroll']}
      tabIndex={0}
      role="region"
      aria-label={`${label}, scrollable`}
    >
      {children}
    </div>
  );
}
