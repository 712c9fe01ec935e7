import type { ReactElement } from 'react';
import { classNames } from './class-names.ts';
import styles from './code-block.module.css';
import { CopyButton } from './copy-button.tsx';

/** Text as it is: what models and callers said is never read as markup. */
export function CodeBlock(props: {
  readonly text: string;
  readonly label: string;
  readonly wrap?: boolean;
}): ReactElement {
  const { text, label, wrap } = props;
  return (
    <div className={styles['block']}>
      <pre
        className={classNames(styles['pre'], wrap === true && styles['wrap'])}
        // A long text is scrolled by keyboard too.
        tabIndex={0}
        aria-label={label}
        role="region"
      >
        <code>{text}</code>
      </pre>
      <div className={styles['copy']}>
        <CopyButton text={text} label={label} />
      </div>
    </div>
  );
}

/** A value as JSON, indented. */
export function JsonBlock(props: {
  readonly value: unknown;
  readonly label: string;
}): ReactElement {
  return <CodeBlock text={JSON.stringify(props.value, undefined, 2)} label={props.label} />;
}
