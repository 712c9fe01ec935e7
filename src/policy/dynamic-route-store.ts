import type { DynamicRoute, RouteDeployment, RouteVersion } from './dynamic-route.ts';

/** Whose routes are meant. */
export interface RoutedGateway {
  readonly account: string;
  readonly gatewayId: string;
}

/** Most routes of one gateway, and most versions of one route. */
export const ROUTES_MAX = 100;
export const ROUTE_VERSIONS_MAX = 1000;

/** Where dynamic routes live. Writes resolve once they are durable. */
export interface DynamicRouteStore {
  /** All of a gateway, the oldest first. */
  list(gateway: RoutedGateway): readonly DynamicRoute[];
  find(gateway: RoutedGateway, id: string): DynamicRoute | undefined;
  findByName(gateway: RoutedGateway, name: string): DynamicRoute | undefined;
  /** Whether it was made: no where the name is taken, or there are as many as there may be. */
  insert(route: DynamicRoute): Promise<boolean>;
  /** Whether it has the name now: no where another has it. */
  rename(route: DynamicRoute): Promise<boolean>;
  /** Whether there was one. Its versions and deployments go with it. */
  remove(gateway: RoutedGateway, id: string): Promise<boolean>;
  /** All of a route, the newest first. */
  versions(route: DynamicRoute): readonly RouteVersion[];
  version(route: DynamicRoute, id: string): RouteVersion | undefined;
  /** Whether it was added: no where there are as many as there may be. */
  addVersion(route: DynamicRoute, version: RouteVersion): Promise<boolean>;
  /** The newest first, as many as there may be versions. */
  deployments(route: DynamicRoute): readonly RouteDeployment[];
  deploy(route: DynamicRoute, deployment: RouteDeployment): Promise<void>;
}
