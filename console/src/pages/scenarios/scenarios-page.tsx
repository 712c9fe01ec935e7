import type { ReactElement } from 'react';
import { Page } from '../../ui/page.tsx';

/** */
export function ScenariosPage(): ReactElement {
  return <Page title="Scenarios">…</Page>;
}
