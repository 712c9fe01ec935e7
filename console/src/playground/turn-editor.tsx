import { Trash2 } from 'lucide-react';
import type { ReactElement, RefObject } from 'react';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { SelectField, TextAreaField } from '../ui/field.tsx';
import type { Part, Turn } from './part.ts';
import { textPart } from './part.ts';
import { PartView } from './part-view.tsx';
import styles from './playground.module.css';

const ROWS = 4;

/** Changes a turn: who says it, its text, and what else belongs to it. */
export function TurnEditor(props: {
  readonly turn: Turn;
  /** Nothing where it stays as it was. */
  readonly onDone: (turn: Turn | undefined, isSent: boolean) => void;
}): ReactElement {
  const { turn, onDone } = props;
  const [role, setRole] = useState(turn.role);
  const [parts, setParts] = useState<readonly Part[]>(() => withText(turn.parts));
  const changed = (): Turn => ({
    ...turn,
    role,
    parts: parts.filter((part) => part.kind !== 'text' || part.text !== ''),
  });
  const box = useRef<HTMLDivElement>(null);
  useEditorKeys(box, {
    cancel: () => {
      onDone(undefined, false);
    },
    save: () => {
      onDone(changed(), role === 'user');
    },
  });
  return (
    <div ref={box} className={styles['editor']} role="group" aria-label="Edit the turn">
      <SelectField
        label="Role"
        value={role}
        options={[
          { value: 'user', text: 'User' },
          { value: 'assistant', text: 'Assistant' },
        ]}
        onChange={(event) => {
          setRole(event.target.value === 'user' ? 'user' : 'assistant');
        }}
      />
      {parts.map((part, index) => (
        <EditedPart
          // oxlint-disable-next-line react/no-array-index-key -- parts have no names, and the fields keep no state
          key={index}
          part={part}
          onChange={(next) => {
            setParts(next === undefined ? parts.toSpliced(index, 1) : parts.with(index, next));
          }}
        />
      ))}
      <EditorActions
        isOwn={role === 'user'}
        onSave={(isSent) => {
          onDone(changed(), isSent);
        }}
        onCancel={() => {
          onDone(undefined, false);
        }}
      />
    </div>
  );
}

/** Escape leaves the turn as it was; Ctrl or ⌘ and Enter sends it, as in the field below all turns. */
function useEditorKeys(
  box: RefObject<HTMLElement | null>,
  { cancel, save }: { readonly cancel: () => void; readonly save: () => void },
): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.key === 'Escape') cancel();
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) save();
  });
  useEffect(() => {
    const place = box.current;
    const hear = (event: KeyboardEvent): void => {
      press(event);
    };
    const field = place?.querySelector('textarea');
    field?.focus();
    field?.setSelectionRange(field.value.length, field.value.length);
    place?.addEventListener('keydown', hear);
    return () => {
      place?.removeEventListener('keydown', hear);
    };
  }, [box]);
}

function EditorActions(props: {
  readonly isOwn: boolean;
  readonly onSave: (isSent: boolean) => void;
  readonly onCancel: () => void;
}): ReactElement {
  const { isOwn, onSave, onCancel } = props;
  return (
    <div className={styles['editorActions']}>
      <Button
        small
        look="primary"
        onClick={() => {
          onSave(false);
        }}
      >
        Save
      </Button>
      {isOwn ? (
        <Button
          small
          onClick={() => {
            onSave(true);
          }}
        >
          Save and send
        </Button>
      ) : null}
      <Button small look="ghost" onClick={onCancel}>
        Cancel
      </Button>
    </div>
  );
}

/** Every turn has a text to write in. */
function withText(parts: readonly Part[]): readonly Part[] {
  return parts.some(({ kind }) => kind === 'text') ? parts : [...parts, textPart('')];
}

function EditedPart(props: {
  readonly part: Part;
  readonly onChange: (part: Part | undefined) => void;
}): ReactElement {
  const { part, onChange } = props;
  if (part.kind === 'text') {
    return (
      <TextAreaField
        label="Text"
        rows={ROWS}
        value={part.text}
        onChange={(event) => {
          // What was cited belonged to the words as they were.
          onChange(textPart(event.target.value));
        }}
      />
    );
  }
  if (part.kind === 'result') {
    return (
      <TextAreaField
        label={`Result of ${part.name}`}
        mono
        rows={ROWS}
        value={part.text}
        onChange={(event) => {
          onChange({ ...part, text: event.target.value });
        }}
      />
    );
  }
  return (
    <div className={styles['editedPart']}>
      <PartView part={part} />
      <Button
        look="ghost"
        icon
        small
        aria-label="Remove this part"
        onClick={() => {
          onChange(undefined);
        }}
      >
        <Trash2 size={14} aria-hidden />
      </Button>
    </div>
  );
}
