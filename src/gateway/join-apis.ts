import { assert } from '../std/assert.ts';
import type { GatewayApi } from './gateway-api.ts';

/** Several APIs as one: each path is the first one's that knows it. */
export function joinApis(apis: readonly GatewayApi[]): GatewayApi {
  const at = (path: string): GatewayApi | undefined =>
    apis.find((api) => api.methodsAt(path).length > 0);
  const [first] = apis;
  assert(first !== undefined, 'there is an API to ask');
  return {
    methodsAt: (path) => at(path)?.methodsAt(path) ?? [],
    answer: (request) => (at(request.path) ?? first).answer(request),
  };
}
