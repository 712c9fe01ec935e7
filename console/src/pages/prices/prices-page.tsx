import type { ReactElement } from 'react';
import { Page } from '../../ui/page.tsx';

/** */
export function PricesPage(): ReactElement {
  return <Page title="Prices">…</Page>;
}
