import type { ReactElement } from 'react';
import { Page } from '../../ui/page.tsx';

/** */
export function UpstreamsPage(): ReactElement {
  return <Page title="Upstreams">…</Page>;
}
