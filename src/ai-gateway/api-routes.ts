import { accessPolicyRoutes } from './access-policy-routes.ts';
import { analyticsRoutes } from './analytics-routes.ts';
import type { ApiRoute } from './api-route.ts';
import { dynamicRouteRoutes } from './dynamic-route-routes.ts';
import { gatewayRoutes } from './gateway-routes.ts';
import { gatewayUrlRoutes } from './gateway-url-routes.ts';
import { logRoutes } from './log-routes.ts';
import { providerKeyRoutes } from './provider-key-routes.ts';
import { universalRoutes } from './universal-routes.ts';

/** Every route of the API about gateways, in one table. */
export const apiRoutes: readonly ApiRoute[] = [
  ...gatewayRoutes,
  ...gatewayUrlRoutes,
  ...providerKeyRoutes,
  ...dynamicRouteRoutes,
  ...accessPolicyRoutes,
  ...universalRoutes,
  ...logRoutes,
  ...analyticsRoutes,
];
