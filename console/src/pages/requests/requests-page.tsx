import type { ReactElement } from 'react';
import { Page } from '../../ui/page.tsx';

/** */
export function RequestsPage(): ReactElement {
  return <Page title="Requests">…</Page>;
}
