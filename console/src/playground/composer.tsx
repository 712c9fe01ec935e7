import { Paperclip, SendHorizontal, Square, X } from 'lucide-react';
import type { ClipboardEvent, DragEvent, FormEvent, KeyboardEvent, ReactElement } from 'react';
import { useRef, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { TextAreaField } from '../ui/field.tsx';
import { attachable, readAttachment } from './attachments.ts';
import type { Attachment } from './part.ts';
import { callsIn, textPart } from './part.ts';
import { PartView } from './part-view.tsx';
import styles from './playground.module.css';
import type { Transport } from './transport.ts';
import type { PlaygroundControl } from './use-playground.ts';

const ROWS = 3;

/** Where the next turn is written: text, pictures and documents. */
export function Composer(props: {
  readonly control: PlaygroundControl;
  readonly transport: Transport;
  readonly draft: string;
  readonly onDraft: (text: string) => void;
}): ReactElement {
  const { control, transport, draft, onDraft } = props;
  const [attached, setAttached] = useState<readonly Attachment[]>([]);
  const [refused, setRefused] = useState<readonly string[]>([]);
  const { panes, isRunning, say, stop } = control;
  const waitsForResults = panes.some(({ turns }) => callsIn(turns.at(-1)).length > 0);
  const isEmpty = draft.trim() === '' && attached.length === 0;
  const hint =
    transport.lacks ?? (waitsForResults ? 'First give the results of the calls.' : undefined);
  const send = (): void => {
    if (isEmpty || isRunning || hint !== undefined) return;
    say([...attached, ...(draft.trim() === '' ? [] : [textPart(draft)])]);
    onDraft('');
    setAttached([]);
    setRefused([]);
  };
  const attach = async (files: Iterable<File>): Promise<void> => {
    const no: string[] = [];
    const taken = [...attached];
    for (const file of files) {
      const read = await readAttachment(file, bytesAttached(control, taken));
      if (typeof read === 'string') no.push(read);
      else taken.push(read);
    }
    setAttached(taken);
    setRefused(no);
  };
  return (
    <form
      className={styles['composer']}
      aria-label="Next turn"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        send();
      }}
      onDragOver={(event: DragEvent) => {
        event.preventDefault();
      }}
      onDrop={(event: DragEvent) => {
        event.preventDefault();
        void attach(event.dataTransfer.files);
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
        onKeyDown={(event: KeyboardEvent) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send();
        }}
        onPaste={(event: ClipboardEvent) => {
          if (event.clipboardData.files.length > 0) void attach(event.clipboardData.files);
        }}
      />
      {refused.length === 0 ? null : (
        <p className={styles['refused']} role="alert">
          {refused.join(' ')}
        </p>
      )}
      <Attached attached={attached} onChange={setAttached} />
      <div className={styles['composerActions']}>
        <AttachButton
          onFiles={(files) => {
            void attach(files);
          }}
        />
        {isRunning ? (
          <Button
            look="danger"
            onClick={() => {
              stop();
            }}
          >
            <Square size={13} aria-hidden />
            Stop
          </Button>
        ) : (
          <Button look="primary" type="submit" disabled={isEmpty || hint !== undefined}>
            <SendHorizontal size={14} aria-hidden />
            Send
          </Button>
        )}
      </div>
    </form>
  );
}

/** All that would go out with the fullest pane. */
function bytesAttached({ panes }: PlaygroundControl, next: readonly Attachment[]): number {
  const bytesIn = (parts: readonly object[]): number =>
    parts.reduce((sum, part) => sum + ('bytes' in part ? Number(part.bytes) : 0), 0);
  const before = panes.map(({ turns }) => bytesIn(turns.flatMap(({ parts }) => parts)));
  return Math.max(0, ...before) + bytesIn(next);
}

function Attached(props: {
  readonly attached: readonly Attachment[];
  readonly onChange: (attached: readonly Attachment[]) => void;
}): ReactElement | null {
  const { attached, onChange } = props;
  if (attached.length === 0) return null;
  return (
    <ul className={styles['attached']}>
      {attached.map((file, at) => (
        <li key={at}>
          <PartView part={file} />
          <Button
            look="ghost"
            icon
            small
            aria-label={`Remove ${file.name}`}
            onClick={() => {
              onChange(attached.toSpliced(at, 1));
            }}
          >
            <X size={14} aria-hidden />
          </Button>
        </li>
      ))}
    </ul>
  );
}

function AttachButton(props: { readonly onFiles: (files: Iterable<File>) => void }): ReactElement {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        className="visually-hidden"
        aria-label="Attach images or PDFs"
        tabIndex={-1}
        multiple
        accept={attachable}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          // The same file may be chosen again.
          event.target.value = '';
          props.onFiles(files);
        }}
      />
      <Button
        look="ghost"
        onClick={() => {
          input.current?.click();
        }}
      >
        <Paperclip size={14} aria-hidden />
        Attach
      </Button>
    </>
  );
}
