import type { ReactElement } from 'react';
import { Page } from '../../ui/page.tsx';

/** */
export function GatewayPage(): ReactElement {
  return <Page title="Gateway">…</Page>;
}
