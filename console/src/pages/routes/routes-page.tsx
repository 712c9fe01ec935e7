import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { RoutesAnswer } from '../../../../src/admin/contract-operations.ts';
import { callApi } from '../../api/call-api.ts';
import { Card } from '../../ui/card.tsx';
import { Page } from '../../ui/page.tsx';
import { Stack } from '../../ui/stack.tsx';
import { EmptyState, Loaded } from '../../ui/states.tsx';
import { Explainer } from './explainer.tsx';
import { RouteCard } from './route-card.tsx';

const ROUTES = '/admin/v1/routes';

/** Which upstreams answer which requests, and what would happen to one. */
export function RoutesPage(): ReactElement {
  const query = useQuery({
    queryKey: [ROUTES],
    queryFn: ({ signal }) => callApi<RoutesAnswer>(ROUTES, { signal }),
  });
  return (
    <Page
      title="Routes"
      lead="The first route that is for a request counts; where none is, the default upstream answers. They are part of the configuration file."
    >
      <Card title="What would happen to this request?">
        <Explainer />
      </Card>
      <Loaded query={query}>
        {({ data, default_upstream }) => (
          <Stack>
            {data.length === 0 ? (
              <EmptyState title="No routes are configured">
                Every request goes to {default_upstream}. A route names models and the upstreams
                that share them, with weights, conditions and fallbacks.
              </EmptyState>
            ) : (
              data.map((route) => <RouteCard key={route.name} route={route} />)
            )}
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}
