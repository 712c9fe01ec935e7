import type { ReactElement } from 'react';
import { Page } from '../../ui/page.tsx';

/** */
export function OverviewPage(): ReactElement {
  return <Page title="Overview">…</Page>;
}
