import type { ComponentType, ReactElement } from 'react';
import { Suspense, lazy } from 'react';
import { PlainText } from './plain-text.tsx';

interface TextProps {
  readonly text: string;
  readonly isArriving: boolean;
}

const Read = lazy(async () => ({ default: await load() }));

/** Where its reader cannot be had, for the connection has gone, a text stays as it is. */
async function load(): Promise<ComponentType<TextProps>> {
  try {
    return (await import('./markdown-text.tsx')).MarkdownText;
  } catch {
    return PlainText;
  }
}

/** Fetches the reader ahead of the first answer, which is then read as it arrives. */
export function fetchMarkdown(): void {
  void load();
}

/** A text in Markdown, whose reader is fetched once there is one. */
export function LazyMarkdown(props: TextProps): ReactElement {
  return (
    <Suspense fallback={<PlainText text={props.text} />}>
      <Read {...props} />
    </Suspense>
  );
}
