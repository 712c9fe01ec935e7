import { describeRoutes } from './admin/describe-routes.ts';
import { accountApiRoutes } from './admin/routes.ts';
import { scopeOfRoute } from './ai-gateway/api-route.ts';
import { apiRoutes } from './ai-gateway/api-routes.ts';
import { edgeRoutes, walkRoutes } from './http/public-routes.ts';
import { describePublicApi } from './pages/public-openapi-document.ts';
import { gatewayOperation } from './pages/public-openapi-gateways.ts';
import type { PublicRoute } from './pages/public-openapi-operation.ts';
import { assert } from './std/assert.ts';
import type { JsonObject } from './std/json.ts';
import { isJsonObject } from './std/json.ts';

/** The description of every public route, made of all the tables that there are. */
export function describePublicRoutes(): JsonObject {
  const { paths = {} } = describeRoutes(accountApiRoutes);
  return describePublicApi({
    routes: [...walkRoutes(), ...gatewayRoutes(), ...edgeRoutes()],
    accountPaths: isJsonObject(paths) ? paths : {},
  });
}

function gatewayRoutes(): readonly PublicRoute[] {
  return apiRoutes.map((route) => {
    const { method, path } = route;
    const operation = gatewayOperation(method, path);
    assert(operation !== undefined, `${method} ${path} is described`);
    return { method, path, operation, scope: scopeOfRoute(route) };
  });
}
