import type { ReactElement } from 'react';
import { Page } from '../../ui/page.tsx';

/** */
export function RequestPage(): ReactElement {
  return <Page title="Request">…</Page>;
}
