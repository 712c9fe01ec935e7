import { SendHorizontal, Square } from 'lucide-react';
import type { FormEvent, ReactElement } from 'react';
import { Button } from '../ui/button.tsx';
import { TextAreaField } from '../ui/field.tsx';
import { AttachButton, AttachedFiles } from './attached-files.tsx';
import type { Pane } from './pane.ts';
import { callsIn, textPart } from './part.ts';
import styles from './playground.module.css';
import type { Transport } from './transport.ts';
import { useAttachments } from './use-attachments.ts';
import type { PlaygroundControl } from './use-playground.ts';

const ROWS = 3;

interface ComposerProps {
  readonly control: PlaygroundControl;
  readonly transport: Transport;
  readonly draft: string;
  readonly onDraft: (text: string) => void;
}

/** Where the next turn is written: text, pictures and documents. */
export function Composer({ control, transport, draft, onDraft }: ComposerProps): ReactElement {
  const { panes, isRunning, say } = control;
  const files = useAttachments(bytesAttached(panes));
  const hint = whyNot(control, transport);
  const text = draft.trim() === '' ? [] : [textPart(draft)];
  const cannotSend = hint !== undefined || text.length + files.attached.length === 0;
  const send = (): void => {
    if (cannotSend || isRunning) return;
    say([...files.attached, ...text]);
    onDraft('');
    files.clear();
  };
  const attach = (chosen: Iterable<File>): void => {
    void files.attach(chosen);
  };
  return (
    <form
      className={styles['composer']}
      aria-label="Next turn"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        send();
      }}
    >
      <TextAreaField
        label="Message"
        hidesLabel
        rows={ROWS}
        placeholder="Write to the model. Ctrl or ⌘ and Enter sends it."
        value={draft}
        hint={hint}
        onChange={(event) => {
          onDraft(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send();
        }}
        onDragOver={(event) => {
          event.preventDefault();
        }}
        onDrop={(event) => {
          event.preventDefault();
          attach([...event.dataTransfer.files]);
        }}
        onPaste={(event) => {
          if (event.clipboardData.files.length > 0) attach([...event.clipboardData.files]);
        }}
      />
      <AttachedFiles files={files} />
      <div className={styles['composerActions']}>
        <AttachButton onFiles={attach} />
        {isRunning ? (
          <Button look="danger" onClick={control.stop}>
            <Square size={13} aria-hidden />
            Stop
          </Button>
        ) : (
          <Button look="primary" type="submit" disabled={cannotSend}>
            <SendHorizontal size={14} aria-hidden />
            Send
          </Button>
        )}
      </div>
    </form>
  );
}

/** Why nothing can be said now; undefined where it can. */
function whyNot({ panes }: PlaygroundControl, { lacks }: Transport): string | undefined {
  const waits = panes.some(({ turns }) => callsIn(turns.at(-1)).length > 0);
  return lacks ?? (waits ? 'First give the results of the calls.' : undefined);
}

/** What the fullest pane has attached. */
function bytesAttached(panes: readonly Pane[]): number {
  const bytes = panes.map(({ turns }) =>
    turns
      .flatMap(({ parts }) => parts)
      .reduce((sum, part) => sum + ('bytes' in part ? part.bytes : 0), 0),
  );
  return Math.max(0, ...bytes);
}
