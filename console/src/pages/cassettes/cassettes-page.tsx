import type { ReactElement } from 'react';
import { Page } from '../../ui/page.tsx';

/** */
export function CassettesPage(): ReactElement {
  return <Page title="Cassettes">…</Page>;
}
