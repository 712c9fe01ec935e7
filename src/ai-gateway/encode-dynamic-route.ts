import type { DynamicRoute, RouteDeployment, RouteVersion } from '../policy/dynamic-route.ts';
import type { JsonObject } from '../std/json.ts';

/** A route as the account's API shows it, with the elements of the version that is meant; Workers reference §3.8. */
export function encodeRoute(
  route: DynamicRoute,
  version: RouteVersion = route.version,
): JsonObject {
  return {
    id: route.id,
    account_tag: route.account,
    gateway_id: route.gatewayId,
    name: route.name,
    elements: [...version.elements],
    deployment: encodeDeployment(route.deployment),
    version: encodeVersion(version, route),
    created_at: new Date(route.createdAtMs).toISOString(),
    modified_at: new Date(route.modifiedAtMs).toISOString(),
  };
}

/** A version, and whether it is the one that serves. What is kept of it was found to be valid. */
export function encodeVersion(
  { id, elements, createdAtMs }: RouteVersion,
  { version }: DynamicRoute,
): JsonObject {
  return {
    version_id: id,
    active: version.id === id ? 'true' : 'false',
    is_valid: true,
    data: JSON.stringify(elements),
    created_at: new Date(createdAtMs).toISOString(),
  };
}

/** That a version serves, or served. */
export function encodeDeployment({ id, versionId, createdAtMs }: RouteDeployment): JsonObject {
  return {
    deployment_id: id,
    version_id: versionId,
    created_at: new Date(createdAtMs).toISOString(),
  };
}
