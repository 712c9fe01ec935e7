import { Cable, Columns2, Eraser } from 'lucide-react';
import type { ReactElement } from 'react';
import { useEffect, useState } from 'react';
import type { ListedModel } from '../../../src/pages/models-json.ts';
import { Button } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { Composer } from './composer.tsx';
import { readKept } from './kept-playground.ts';
import { fetchMarkdown } from './lazy-markdown.tsx';
import { PaneView } from './pane-view.tsx';
import styles from './playground.module.css';
import { SettingsPanel } from './settings-panel.tsx';
import type { Transport } from './transport.ts';
import type { InitialChoice } from './pane.ts';
import { bytesAttached } from './part.ts';
import { useAttachments } from './use-attachments.ts';
import { useDroppedFiles } from './use-dropped-files.ts';
import type { Keeping } from './use-keeping.ts';
import { useKeeping } from './use-keeping.ts';
import type { PlaygroundControl } from './use-playground.ts';
import { usePlayground } from './use-playground.ts';
import type { TextLook } from './use-text-look.ts';
import { useTextLook } from './use-text-look.ts';

/** Asks models, shows their answers as they come, and compares two of them, or two upstreams. */
export function Playground(props: {
  readonly transport: Transport;
  readonly models: readonly ListedModel[];
  /** What the page is about. */
  readonly initial: InitialChoice;
  /** What its address asks for besides, whatever was there before. */
  readonly asked: InitialChoice;
  readonly onChoice: (choice: InitialChoice) => void;
  readonly keeping: Keeping;
}): ReactElement {
  const { transport, models, asked, keeping } = props;
  const [kept] = useState(() => readKept(keeping.owner, models, asked));
  const control = usePlayground({ ...props, kept });
  const [draft, setDraft] = useState(kept?.draft ?? '');
  const [look, chooseLook] = useTextLook();
  const { shared, both, panes, isCompared } = control;
  useKeeping(keeping, { shared, isCompared, panes: both, draft });
  // As many as the fullest conversation has.
  const files = useAttachments(Math.max(...panes.map(({ turns }) => bytesAttached(turns))));
  const isDroppedOn = useDroppedFiles(files.attach);
  useEffect(fetchMarkdown, []);
  return (
    <div className={classNames(styles['playground'], isDroppedOn && styles['droppedOn'])}>
      <SettingsPanel control={control} models={models} upstreams={transport.upstreams} />
      <div className={styles['main']}>
        <div className={styles['toolbar']}>
          <PaneButtons control={control} upstreams={transport.upstreams} />
          <LookButtons look={look} onChoose={chooseLook} />
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
              look={look}
              draft={draft}
              onExample={setDraft}
            />
          ))}
        </div>
        <Composer
          control={control}
          transport={transport}
          files={files}
          draft={draft}
          onDraft={setDraft}
        />
      </div>
    </div>
  );
}

/** One pane or two, and whether they are empty. */
function PaneButtons(props: {
  readonly control: PlaygroundControl;
  readonly upstreams: readonly string[] | undefined;
}): ReactElement {
  const { control, upstreams = [] } = props;
  const { isCompared, isRunning, setCompared, compareUpstreams, clear } = control;
  return (
    <div className={styles['buttons']}>
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
      {upstreams.length < 2 ? null : (
        <Button
          small
          disabled={isRunning}
          onClick={() => {
            compareUpstreams(upstreams);
          }}
        >
          <Cable size={14} aria-hidden />
          Same model, two upstreams
        </Button>
      )}
      <Button small onClick={clear}>
        <Eraser size={14} aria-hidden />
        Clear
      </Button>
    </div>
  );
}

const looks: readonly (readonly [TextLook, string])[] = [
  ['markdown', 'Markdown'],
  ['text', 'Text'],
];

/** How the texts of answers are shown. */
function LookButtons(props: {
  readonly look: TextLook;
  readonly onChoose: (look: TextLook) => void;
}): ReactElement {
  return (
    <div className={styles['buttons']} role="group" aria-label="Answers as">
      {looks.map(([look, name]) => (
        <Button
          key={look}
          small
          aria-pressed={props.look === look}
          onClick={() => {
            props.onChoose(look);
          }}
        >
          {name}
        </Button>
      ))}
    </div>
  );
}
