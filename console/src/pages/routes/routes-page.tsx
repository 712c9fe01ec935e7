import type { ReactElement } from 'react';
import { Page } from '../../ui/page.tsx';

/** */
export function RoutesPage(): ReactElement {
  return <Page title="Routes">…</Page>;
}
