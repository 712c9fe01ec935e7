import { Brain, FileText, Wrench } from 'lucide-react';
import type { ReactElement } from 'react';
import { bytesText, countText } from '../format/figures.ts';
import { dataUrl } from './chat-body.ts';
import { parseJson, textIn } from '../format/json-value.ts';
import { LazyMarkdown } from './lazy-markdown.tsx';
import type { Part } from './part.ts';
import { PlainText } from './plain-text.tsx';
import styles from './playground.module.css';
import type { TextLook } from './use-text-look.ts';

/** The parts of a turn, in order; the last one may still grow. */
export function PartList(props: {
  readonly parts: readonly Part[];
  readonly isArriving?: boolean;
  /** Of its texts; as they are where absent. */
  readonly look?: TextLook;
}): ReactElement {
  const { parts, isArriving = false, look = 'text' } = props;
  return (
    <>
      {parts.map((part, at) => (
        <PartView
          // oxlint-disable-next-line react/no-array-index-key -- parts have no names and keep their places
          key={at}
          part={part}
          isArriving={isArriving && at === parts.length - 1}
          look={look}
        />
      ))}
    </>
  );
}

/** A piece of a turn. Markup in texts of models and callers is text, whichever way they are looked at. */
export function PartView(props: {
  readonly part: Part;
  /** It may still grow. */
  readonly isArriving?: boolean;
  readonly look?: TextLook;
}): ReactElement | null {
  const { part, isArriving = false, look = 'text' } = props;
  switch (part.kind) {
    case 'text':
      return (
        <TextView
          text={part.text}
          citations={part.citations.length}
          isArriving={isArriving}
          look={look}
        />
      );
    case 'thinking':
      return <Thinking text={part.text} isArriving={isArriving} signature={part.signature} />;
    case 'redacted':
      return <p className={styles['note']}>Thinking that is not shown</p>;
    case 'call':
      return <Call name={part.name} id={part.id} text={part.argumentsText} label="Tool call" />;
    case 'result':
      return (
        <Call
          name={part.name}
          id={part.callId}
          text={part.text}
          label={part.isError ? 'Tool result, an error' : 'Tool result'}
        />
      );
    case 'image':
      return (
        <figure className={styles['preview']}>
          <img src={dataUrl(part)} alt={part.name} />
          <figcaption>{`${part.name} · ${bytesText(part.bytes)}`}</figcaption>
        </figure>
      );
    case 'pdf':
      return (
        <p className={styles['file']}>
          <FileText size={16} aria-hidden />
          {`${part.name} · ${bytesText(part.bytes)}`}
        </p>
      );
    case 'other':
      return (
        <Call
          name={textIn(part.block, 'name') || textIn(part.block, 'type')}
          id={textIn(part.block, 'id')}
          text={part.argumentsText || JSON.stringify(part.block, undefined, 2)}
          label="Block"
        />
      );
  }
}

function TextView(props: {
  readonly text: string;
  readonly citations: number;
  readonly isArriving: boolean;
  readonly look: TextLook;
}): ReactElement | null {
  const { text, citations, isArriving, look } = props;
  if (text === '') return null;
  return (
    <>
      {look === 'markdown' ? (
        <LazyMarkdown text={text} isArriving={isArriving} />
      ) : (
        <PlainText text={text} />
      )}
      {citations === 0 ? null : (
        <p
          className={styles['note']}
        >{`${countText(citations)} citations; they are in the events`}</p>
      )}
    </>
  );
}

function Thinking(props: {
  readonly text: string;
  readonly signature: string;
  readonly isArriving: boolean;
}): ReactElement {
  const { text, signature, isArriving } = props;
  const note = isArriving || signature !== '' ? '' : ' (not signed: it is not sent again)';
  return (
    <details className={styles['thinking']} open={isArriving}>
      <summary>
        <Brain size={14} aria-hidden />
        {isArriving ? 'Thinking …' : `Thinking${note}`}
      </summary>
      <PlainText text={text === '' ? 'Its text is not shown.' : text} />
    </details>
  );
}

/** Arguments as they come; well laid out once they are whole. */
function Call(props: {
  readonly name: string;
  readonly id: string;
  readonly text: string;
  readonly label: string;
}): ReactElement {
  const { name, id, text, label } = props;
  const value = parseJson(text);
  const shown = value === undefined ? text : JSON.stringify(value, undefined, 2);
  return (
    <div className={styles['call']}>
      <div className={styles['callHead']}>
        <Wrench size={14} aria-hidden />
        <span>{label}</span>
        <strong>{name}</strong>
        <code>{id}</code>
      </div>
      <pre className={styles['callText']}>{shown}</pre>
    </div>
  );
}
