import type { ReactElement } from 'react';
import { Page } from '../../ui/page.tsx';

/** */
export function PlaygroundPage(): ReactElement {
  return <Page title="Playground">…</Page>;
}
