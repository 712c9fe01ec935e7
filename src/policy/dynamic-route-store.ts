import type { DynamicRoute, RouteDeployment, RouteVersion } from './dynamic-route.ts';

/** Whose routes are meant. */
export interface RoutedGateway {
  readonly account: string;
  readonly gatewayId: string;
}

/** Most routes of one gateway, and most versions of one route. */
export const ROUTES_MAX = 100;
export const ROUTE_VERSIONS_MAX = 1000;
/** Most bytes of elements of one gateway, in all versions of all its routes. */
export const ELEMENTS_BYTES_MAX: number = 16 * 1024 * 1024;

/** Which part of a list is wanted. */
export interface ListPart {
  readonly offset: number;
  readonly limit: number;
}

/** Where dynamic routes live. Writes resolve once they are durable. */
export interface DynamicRouteStore {
  /** All of a gateway, the oldest first. */
  list(gateway: RoutedGateway): readonly DynamicRoute[];
  find(gateway: RoutedGateway, id: string): DynamicRoute | undefined;
  findByName(gateway: RoutedGateway, name: string): DynamicRoute | undefined;
  /** Whether it was made: no where the name is taken, or there is as much as there may be. */
  insert(route: DynamicRoute): Promise<boolean>;
  /** Whether it has the name now: no where another has it. */
  rename(route: DynamicRoute): Promise<boolean>;
  /** Whether there was one. Its versions and deployments go with it. */
  remove(gateway: RoutedGateway, id: string): Promise<boolean>;
  /** Those of a route, the newest first. */
  versions(route: DynamicRoute, part: ListPart): readonly RouteVersion[];
  version(route: DynamicRoute, id: string): RouteVersion | undefined;
  /** Whether it was added: no where there is as much as there may be. */
  addVersion(route: DynamicRoute, version: RouteVersion): Promise<boolean>;
  /** The newest first; of as many as there may be versions. */
  deployments(route: DynamicRoute, part: ListPart): readonly RouteDeployment[];
  deploy(route: DynamicRoute, deployment: RouteDeployment): Promise<void>;
}
