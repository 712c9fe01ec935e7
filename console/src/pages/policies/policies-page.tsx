import type { ReactElement } from 'react';
import { Page } from '../../ui/page.tsx';

/** */
export function PoliciesPage(): ReactElement {
  return <Page title="Policies">…</Page>;
}
