import type { ReactElement } from 'react';
import { Page } from '../../ui/page.tsx';

/** */
export function PlansPage(): ReactElement {
  return <Page title="Plans">…</Page>;
}
