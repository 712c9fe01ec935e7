import { SendHorizontal, Square } from 'lucide-react';
import type { ClipboardEvent, FormEvent, ReactElement } from 'react';
import { Button } from '../ui/button.tsx';
import { TextAreaField } from '../ui/field.tsx';
import { AttachButton, AttachedFiles } from './attached-files.tsx';
import { callsIn, textPart } from './part.ts';
import styles from './playground.module.css';
import type { Transport } from './transport.ts';
import type { Attachments } from './use-attachments.ts';
import type { PlaygroundControl } from './use-playground.ts';

const ROWS = 3;

interface ComposerProps {
  readonly control: PlaygroundControl;
  readonly transport: Transport;
  readonly files: Attachments;
  readonly draft: string;
  readonly onDraft: (text: string) => void;
}

/** Where the next turn is written: text, pictures and documents. */
export function Composer(props: ComposerProps): ReactElement {
  const { control, transport, files, draft, onDraft } = props;
  const { isRunning, say } = control;
  const hint = files.isReading ? 'Files are being read.' : whyNot(control, transport);
  const text = draft.trim() === '' ? [] : [textPart(draft)];
  const cannotSend = hint !== undefined || text.length + files.attached.length === 0;
  const send = (): void => {
    if (cannotSend || isRunning) return;
    say([...files.attached, ...text]);
    onDraft('');
    files.clear();
  };
  return (
    <form
      className={styles['composer']}
      aria-label="Next turn"
      data-running={isRunning || undefined}
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
          if (event.key === 'Escape' && isRunning) control.stop();
        }}
        onPaste={(event) => {
          files.attach(pastedFiles(event));
        }}
      />
      <AttachedFiles files={files} />
      <div className={styles['composerActions']}>
        <AttachButton onFiles={files.attach} />
        {isRunning ? (
          <Button look="danger" onClick={control.stop}>
            <Square size={13} aria-hidden />
            Stop
          </Button>
        ) : (
          // It keeps the focus while there is nothing to send.
          <Button look="primary" type="submit" aria-disabled={cannotSend}>
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

/** Programs for tables and texts add a picture of what was copied: then its words are meant. */
function pastedFiles({ clipboardData }: ClipboardEvent): readonly File[] {
  return clipboardData.getData('text/plain') === '' ? [...clipboardData.files] : [];
}
