import type { ReactElement } from 'react';
import { Page } from '../../ui/page.tsx';

/** */
export function GatewaysPage(): ReactElement {
  return <Page title="Gateways">…</Page>;
}
