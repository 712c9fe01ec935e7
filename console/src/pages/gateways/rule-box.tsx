import { Trash2 } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';
import styles from './gateways.module.css';

/** One of several rules, which can be taken away. */
export function RuleBox(props: {
  readonly name: string;
  readonly onRemove: () => void;
  readonly children: ReactNode;
}): ReactElement {
  const { name, onRemove, children } = props;
  return (
    <section className={styles['rule']} aria-label={name}>
      <div className={styles['ruleHead']}>
        <h3>{name}</h3>
        <Button look="ghost" icon small aria-label={`Remove ${name}`} onClick={onRemove}>
          <Trash2 size={15} aria-hidden />
        </Button>
      </div>
      {children}
    </section>
  );
}
