import { Tabs as BaseTabs } from '@base-ui/react/tabs';
import type { ReactElement, ReactNode } from 'react';
import styles from './tabs.module.css';

export interface TabParts {
  readonly value: string;
  readonly name: ReactNode;
  readonly content: ReactNode;
}

/** One of several views of the same thing. */
export function Tabs(props: {
  readonly label: string;
  readonly tabs: readonly TabParts[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactElement {
  const { label, tabs, value, onChange } = props;
  return (
    <BaseTabs.Root
      value={value}
      onValueChange={(next) => {
        onChange(String(next));
      }}
    >
      <BaseTabs.List className={styles['list']} aria-label={label}>
        {tabs.map((tab) => (
          <BaseTabs.Tab key={tab.value} value={tab.value} className={styles['tab']}>
            {tab.name}
          </BaseTabs.Tab>
        ))}
      </BaseTabs.List>
      {tabs.map((tab) => (
        <BaseTabs.Panel key={tab.value} value={tab.value} className={styles['panel']}>
          {tab.content}
        </BaseTabs.Panel>
      ))}
    </BaseTabs.Root>
  );
}
