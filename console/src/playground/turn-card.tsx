import { ArrowDown, ArrowUp, Pencil, RefreshCw, Trash2 } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { useEffect, useRef, useState } from 'react';
import { Button } from '../ui/button.tsx';
import type { Turn } from './part.ts';
import { PartList } from './part-view.tsx';
import styles from './playground.module.css';
import { TurnEditor } from './turn-editor.tsx';
import type { TextLook } from './use-text-look.ts';

interface TurnCardProps {
  readonly turn: Turn;
  readonly position: { readonly isFirst: boolean; readonly isLast: boolean };
  /** An answer is on its way: turns stay as they are until it is there. */
  readonly isLocked: boolean;
  /** Of answers. What a user wrote is shown as it was written. */
  readonly look: TextLook;
  readonly onChange: (turn: Turn) => void;
  readonly onMove: (by: -1 | 1) => void;
  readonly onRemove: () => void;
  /** Goes on from here: an own turn is sent again, an answer is asked for anew. */
  readonly onAsk: (turn: Turn) => void;
}

/** One turn, and what can be done with it. */
export function TurnCard(props: TurnCardProps): ReactElement {
  const { turn, isLocked, look, onChange, onAsk } = props;
  // A turn that was just added has nothing to show yet.
  const [isEdited, setEdited] = useState(turn.parts.length === 0);
  const box = useRef<HTMLElement>(null);
  const wasEdited = useRef(isEdited);
  useEffect(() => {
    // Whoever has edited the turn is back at the first of its buttons.
    if (wasEdited.current && !isEdited) box.current?.querySelector('button')?.focus();
    wasEdited.current = isEdited;
  }, [isEdited]);
  const name = turn.role === 'user' ? 'User' : 'Assistant';
  return (
    <article ref={box} className={styles['turn']} data-role={turn.role} aria-label={`${name} turn`}>
      <div className={styles['turnHead']}>
        <span className={styles['role']}>{name}</span>
        {isEdited || isLocked ? null : (
          <TurnActions
            {...props}
            onEdit={() => {
              setEdited(true);
            }}
          />
        )}
      </div>
      {isEdited && !isLocked ? (
        <TurnEditor
          turn={turn}
          onDone={(changed, isSent) => {
            setEdited(false);
            if (changed === undefined) return;
            if (isSent) onAsk(changed);
            else onChange(changed);
          }}
        />
      ) : (
        <PartList parts={turn.parts} look={turn.role === 'user' ? 'text' : look} />
      )}
    </article>
  );
}

function TurnActions(props: TurnCardProps & { readonly onEdit: () => void }): ReactElement {
  const { turn, position, onAsk, onMove, onRemove, onEdit } = props;
  const isOwn = turn.role === 'user';
  return (
    <div className={styles['turnActions']}>
      <Action label="Edit" onPress={onEdit}>
        <Pencil size={14} aria-hidden />
      </Action>
      <Action
        label={isOwn ? 'Send again from here' : 'Ask for another answer'}
        onPress={() => {
          onAsk(turn);
        }}
      >
        <RefreshCw size={14} aria-hidden />
      </Action>
      <Action
        label="Move up"
        isOff={position.isFirst}
        onPress={() => {
          onMove(-1);
        }}
      >
        <ArrowUp size={14} aria-hidden />
      </Action>
      <Action
        label="Move down"
        isOff={position.isLast}
        onPress={() => {
          onMove(1);
        }}
      >
        <ArrowDown size={14} aria-hidden />
      </Action>
      <Action label="Remove" onPress={onRemove}>
        <Trash2 size={14} aria-hidden />
      </Action>
    </div>
  );
}

function Action(props: {
  readonly label: string;
  readonly isOff?: boolean;
  readonly onPress: () => void;
  readonly children: ReactNode;
}): ReactElement {
  const { label, isOff = false, onPress, children } = props;
  return (
    <Button
      look="ghost"
      icon
      small
      aria-label={label}
      title={label}
      aria-disabled={isOff}
      onClick={isOff ? undefined : onPress}
    >
      {children}
    </Button>
  );
}
