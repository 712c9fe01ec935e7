import type { ErrorComponentProps } from '@tanstack/react-router';
import {
  Link,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { EmptyState, ErrorNote, Loading } from '../ui/states.tsx';
import { buttonClass } from '../ui/button.tsx';
import { Page } from '../ui/page.tsx';
import { PageNotFetched, loadPage, reloadIfThere } from './load-page.ts';
import { pages } from './pages.ts';
import { parseSearchText, writeSearchText } from './search-text.ts';
import { Shell } from './shell.tsx';

function NotFound(): ReactElement {
  return (
    <Page title="Not found">
      <EmptyState
        title="There is no such page"
        action={
          <Link to="/" className={buttonClass({})}>
            To the overview
          </Link>
        }
      />
    </Page>
  );
}

function Failed({ error, reset }: ErrorComponentProps): ReactElement {
  const isNotFetched = error instanceof PageNotFetched;
  return (
    <Page title={isNotFetched ? 'Not reachable' : 'Something went wrong'}>
      <ErrorNote
        error={asError(error)}
        onRetry={() => {
          if (isNotFetched) void reloadIfThere();
          else reset();
        }}
      />
    </Page>
  );
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const children = pages.map(({ path, load }) =>
  createRoute({
    getParentRoute: () => root,
    path,
    component: lazyRouteComponent(async () => ({ default: await loadPage(load) })),
  }),
);

/** Finds the page of an address. */
export const router = createRouter({
  routeTree: root.addChildren(children),
  basepath: '/console',
  parseSearch: parseSearchText,
  stringifySearch: writeSearchText,
  defaultPendingComponent: Loading,
  defaultErrorComponent: Failed,
  defaultPreload: 'intent',
  scrollRestoration: true,
});
