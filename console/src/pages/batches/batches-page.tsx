import type { ReactElement } from 'react';
import { Page } from '../../ui/page.tsx';

/** */
export function BatchesPage(): ReactElement {
  return <Page title="Batches">…</Page>;
}
