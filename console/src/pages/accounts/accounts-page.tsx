import type { ReactElement } from 'react';
import { Page } from '../../ui/page.tsx';

/** */
export function AccountsPage(): ReactElement {
  return <Page title="Accounts">…</Page>;
}
