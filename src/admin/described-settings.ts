import { gatewaySchemas } from '../pages/public-openapi-gateway-schemas.ts';
import type { JsonObject } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';

const { GatewaySettings: said = {} } = gatewaySchemas;
const { properties, required = [] } = said;

/**
 * What settings of an AI gateway are made of, in words of JSON Schema: those of the account's own API,
 * which reads and refuses them here too. `more` are members beside them.
 */
export function describedSettings(more: JsonObject = {}): JsonObject {
  return { required, properties: { ...(isJsonObject(properties) ? properties : {}), ...more } };
}
