import type { ReactElement } from 'react';
import { Page } from '../../ui/page.tsx';

/** */
export function AccountPage(): ReactElement {
  return <Page title="Account">…</Page>;
}
