import { Trash2 } from 'lucide-react';
import type { ReactElement } from 'react';
import { useState } from 'react';
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
  return (
    <div className={styles['editor']}>
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
      <div className={styles['editorActions']}>
        <Button
          small
          look="primary"
          onClick={() => {
            onDone(changed(), false);
          }}
        >
          Save
        </Button>
        {role === 'user' ? (
          <Button
            small
            onClick={() => {
              onDone(changed(), true);
            }}
          >
            Save and send
          </Button>
        ) : null}
        <Button
          small
          look="ghost"
          onClick={() => {
            onDone(undefined, false);
          }}
        >
          Cancel
        </Button>
      </div>
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
