import type { ReactElement } from 'react';
import { Page } from '../../ui/page.tsx';

/** */
export function KeysPage(): ReactElement {
  return <Page title="Keys">…</Page>;
}
