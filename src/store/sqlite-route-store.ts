import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { DynamicRoute, RouteDeployment, RouteVersion } from '../policy/dynamic-route.ts';
import type { DynamicRouteStore, ListPart, RoutedGateway } from '../policy/dynamic-route-store.ts';
import {
  ELEMENTS_BYTES_MAX,
  ROUTES_MAX,
  ROUTE_VERSIONS_MAX,
} from '../policy/dynamic-route-store.ts';
import type { JsonValue } from '../std/json.ts';
import type { Write } from './statements.ts';
import type { Writer } from './writer.ts';

type Row = Record<string, SQLOutputValue>;

/** A route with the version of its newest deployment. */
const ROUTES = `SELECT r.id, r.account, r.gateway_id, r.name, r.created_at_ms, r.modified_at_ms,
    d.id AS deployment_id, d.created_at_ms AS deployed_at_ms,
    v.id AS version_id, v.elements, v.created_at_ms AS version_at_ms
  FROM dynamic_routes r
  JOIN dynamic_route_deployments d ON d.sequence =
    (SELECT MAX(sequence) FROM dynamic_route_deployments WHERE route_id = r.id)
  JOIN dynamic_route_versions v ON v.id = d.version_id
  WHERE r.account = ? AND r.gateway_id = ?`;

/** Dynamic routes in SQLite, their elements as they were sent. */
export class SqliteRouteStore implements DynamicRouteStore {
  readonly #writer: Writer;
  readonly #all: StatementSync;
  readonly #byId: StatementSync;
  readonly #byName: StatementSync;
  readonly #versions: StatementSync;
  readonly #version: StatementSync;
  readonly #deployments: StatementSync;

  constructor(reader: DatabaseSync, writer: Writer) {
    this.#writer = writer;
    this.#all = reader.prepare(`${ROUTES} ORDER BY r.sequence`);
    this.#byId = reader.prepare(`${ROUTES} AND r.id = ?`);
    this.#byName = reader.prepare(`${ROUTES} AND r.name = ?`);
    const versions = `SELECT id AS version_id, elements, created_at_ms AS version_at_ms
      FROM dynamic_route_versions WHERE route_id = ?`;
    this.#versions = reader.prepare(`${versions} ORDER BY sequence DESC LIMIT ? OFFSET ?`);
    this.#version = reader.prepare(`${versions} AND id = ?`);
    this.#deployments = reader.prepare(
      `SELECT id AS deployment_id, version_id, created_at_ms AS deployed_at_ms
         FROM dynamic_route_deployments WHERE route_id = ? ORDER BY sequence DESC LIMIT ? OFFSET ?`,
    );
  }

  list({ account, gatewayId }: RoutedGateway): readonly DynamicRoute[] {
    return this.#all.all(account, gatewayId).map((row) => toRoute(row));
  }

  find({ account, gatewayId }: RoutedGateway, id: string): DynamicRoute | undefined {
    const row = this.#byId.get(account, gatewayId, id);
    return row === undefined ? undefined : toRoute(row);
  }

  findByName({ account, gatewayId }: RoutedGateway, name: string): DynamicRoute | undefined {
    const row = this.#byName.get(account, gatewayId, name);
    return row === undefined ? undefined : toRoute(row);
  }

  async insert(route: DynamicRoute): Promise<boolean> {
    const { id, account, gatewayId, name, createdAtMs, modifiedAtMs } = route;
    const row = [id, account, gatewayId, name, createdAtMs, modifiedAtMs, ROUTES_MAX];
    const elements = [JSON.stringify(route.version.elements), ELEMENTS_BYTES_MAX];
    const changes = await this.#writer.writeAll([
      { statement: 'insertDynamicRoute', rows: [[...row, ...elements]] },
      insertVersion(route, route.version),
      ...insertDeployment(route, route.deployment),
    ]);
    return changes > 0;
  }

  async rename({ id, account, gatewayId, name, modifiedAtMs }: DynamicRoute): Promise<boolean> {
    const rows = [[id, account, gatewayId, name, modifiedAtMs]];
    return (await this.#writer.write({ statement: 'renameDynamicRoute', rows })) > 0;
  }

  async remove({ account, gatewayId }: RoutedGateway, id: string): Promise<boolean> {
    const rows = [[account, gatewayId, id]];
    return (await this.#writer.write({ statement: 'deleteDynamicRoute', rows })) > 0;
  }

  versions({ id }: DynamicRoute, { limit, offset }: ListPart): readonly RouteVersion[] {
    return this.#versions.all(id, limit, offset).map((row) => toVersion(row));
  }

  version({ id }: DynamicRoute, versionId: string): RouteVersion | undefined {
    const row = this.#version.get(id, versionId);
    return row === undefined ? undefined : toVersion(row);
  }

  async addVersion(route: DynamicRoute, version: RouteVersion): Promise<boolean> {
    return (await this.#writer.write(insertVersion(route, version))) > 0;
  }

  deployments({ id }: DynamicRoute, { limit, offset }: ListPart): readonly RouteDeployment[] {
    return this.#deployments.all(id, limit, offset).map((row) => toDeployment(row));
  }

  async deploy(route: DynamicRoute, deployment: RouteDeployment): Promise<void> {
    await this.#writer.writeAll(insertDeployment(route, deployment));
  }
}

function insertVersion(route: DynamicRoute, { id, elements, createdAtMs }: RouteVersion): Write {
  const row = [id, route.id, JSON.stringify(elements), createdAtMs];
  const bounds = [ROUTE_VERSIONS_MAX, ELEMENTS_BYTES_MAX];
  return { statement: 'insertRouteVersion', rows: [[...row, ...bounds]] };
}

function insertDeployment(
  route: DynamicRoute,
  { id, versionId, createdAtMs }: RouteDeployment,
): readonly Write[] {
  return [
    { statement: 'insertRouteDeployment', rows: [[id, route.id, versionId, createdAtMs]] },
    { statement: 'touchDynamicRoute', rows: [[route.id, createdAtMs]] },
    { statement: 'trimRouteDeployments', rows: [[route.id, ROUTE_VERSIONS_MAX]] },
  ];
}

function toRoute(row: Row): DynamicRoute {
  return {
    id: String(row['id']),
    account: String(row['account']),
    gatewayId: String(row['gateway_id']),
    name: String(row['name']),
    deployment: toDeployment(row),
    version: toVersion(row),
    createdAtMs: Number(row['created_at_ms']),
    modifiedAtMs: Number(row['modified_at_ms']),
  };
}

function toVersion(row: Row): RouteVersion {
  return {
    id: String(row['version_id']),
    elements: JSON.parse(String(row['elements'])) as readonly JsonValue[],
    createdAtMs: Number(row['version_at_ms']),
  };
}

function toDeployment(row: Row): RouteDeployment {
  return {
    id: String(row['deployment_id']),
    versionId: String(row['version_id']),
    createdAtMs: Number(row['deployed_at_ms']),
  };
}
