import type { ReactElement } from 'react';
import { useMemo } from 'react';
import { shownMarkdown } from './markdown-nodes.tsx';
import styles from './markdown.module.css';
import { PlainText } from './plain-text.tsx';
import { readMarkdown } from './read-markdown.ts';
import { usePacedText } from './use-paced-text.ts';

/** A text of a model, as its Markdown says; where that would be too much of it, as it is. */
export function MarkdownText(props: {
  readonly text: string;
  /** It may still grow. */
  readonly isArriving: boolean;
}): ReactElement {
  const { isArriving } = props;
  const text = usePacedText(props.text, isArriving);
  const shown = useMemo(() => {
    const nodes = readMarkdown(text, isArriving);
    return nodes === undefined ? undefined : shownMarkdown(nodes);
  }, [text, isArriving]);
  if (shown === undefined) return <PlainText text={props.text} />;
  return <div className={styles['markdown']}>{shown}</div>;
}
