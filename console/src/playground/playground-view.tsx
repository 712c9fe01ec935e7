import { Columns2, Eraser } from 'lucide-react';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { ListedModel } from '../../../src/pages/models-json.ts';
import { Button } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { Composer } from './composer.tsx';
import { PaneView } from './pane-view.tsx';
import styles from './playground.module.css';
import { SettingsPanel } from './settings-panel.tsx';
import type { Transport } from './transport.ts';
import type { InitialChoice } from './pane.ts';
import { usePlayground } from './use-playground.ts';

/** Asks models, shows their answers as they come, and compares two of them. */
export function Playground(props: {
  readonly transport: Transport;
  readonly models: readonly ListedModel[];
  readonly initial: InitialChoice;
}): ReactElement {
  const { transport, models } = props;
  const control = usePlayground(props);
  const [draft, setDraft] = useState('');
  const { panes, isCompared, setCompared, clear } = control;
  return (
    <div className={styles['playground']}>
      <SettingsPanel control={control} models={models} />
      <div className={styles['main']}>
        <div className={styles['toolbar']}>
          <Button
            small
            aria-pressed={isCompared}
            onClick={() => {
              setCompared(!isCompared);
            }}
          >
            <Columns2 size={14} aria-hidden />
            Compare
          </Button>
          <Button small onClick={clear}>
            <Eraser size={14} aria-hidden />
            Clear
          </Button>
        </div>
        <div className={classNames(styles['panes'], isCompared && styles['two'])}>
          {panes.map((pane, at) => (
            <PaneView
              key={pane.id}
              at={at}
              pane={pane}
              control={control}
              models={models}
              transport={transport}
              draft={draft}
              onExample={setDraft}
            />
          ))}
        </div>
        <Composer control={control} transport={transport} draft={draft} onDraft={setDraft} />
      </div>
    </div>
  );
}
