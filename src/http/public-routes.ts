import { chatCompletionsDialect } from '../dialects/chat-completions/chat-completions-dialect.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { messagesDialect } from '../dialects/messages/messages-dialect.ts';
import { accountChatDialect } from '../dialects/workers-ai/account-chat-dialect.ts';
import { accountDialect } from '../dialects/workers-ai/account-dialect.ts';
import { accountMessagesDialect } from '../dialects/workers-ai/account-messages-dialect.ts';
import { bindingDialect } from '../dialects/workers-ai/binding-dialect.ts';
import { gatewayEndpoints } from '../dialects/workers-ai/gateway-endpoints.ts';
import { GATEWAY_HOST_PATH } from '../dialects/workers-ai/gateway-host-path.ts';
import { routedChatDialect } from '../dialects/workers-ai/routed-chat-dialect.ts';
import { scopeOfCall } from '../gateway/scope-of-call.ts';
import { edgeOperations } from '../pages/public-openapi-edge.ts';
import type { PublicRoute } from '../pages/public-openapi-operation.ts';
import type { WalkForm } from '../pages/public-openapi-runs.ts';
import { walkOperation } from '../pages/public-openapi-runs.ts';
import { assert } from '../std/assert.ts';
import { chatModelsPaths } from './answer-chat-models.ts';
import { CODE_PATH } from './answer-code.ts';
import { healthPaths } from './answer-health.ts';
import { catalogPaths } from './read-catalog-question.ts';
import { modelsPaths } from './read-models-question.ts';
import { pagePaths } from './read-page-question.ts';
import { referencePaths } from './reference-pages.ts';
import type { Route } from './routes.ts';
import { routes } from './routes.ts';

const forms: ReadonlyMap<Dialect, WalkForm> = new Map<Dialect, WalkForm>([
  [messagesDialect, 'messages'],
  [chatCompletionsDialect, 'chat-completions'],
  [bindingDialect, 'binding'],
  [accountDialect, 'account-run'],
  [accountMessagesDialect, 'account-messages'],
  [accountChatDialect, 'account-chat'],
]);

/** What providers speak on the URLs of gateways. */
const nativeForms: ReadonlyMap<Dialect, WalkForm> = new Map<Dialect, WalkForm>([
  [messagesDialect, 'gateway-messages'],
  [routedChatDialect, 'gateway-chat'],
  [accountDialect, 'gateway-run'],
]);

const hostForms: ReadonlyMap<string, WalkForm | undefined> = new Map(
  gatewayEndpoints.map(({ provider, path, native }) => [
    `${GATEWAY_HOST_PATH}/${provider}${path}`,
    nativeForms.get(native),
  ]),
);

/** Every route of the walk, described. One that nobody has described is a fault. */
export function walkRoutes(table: readonly Route[] = routes): readonly PublicRoute[] {
  return table.map((route) => {
    const { method, path, dialect, operation: asked } = route;
    const form = forms.get(dialect) ?? hostForms.get(path);
    const operation = form && walkOperation(form, asked, path);
    assert(operation !== undefined, `${method} ${path} is described`);
    return { method, path, operation, scope: scopeOfCall(dialect, asked) };
  });
}

const readPaths = [
  ...catalogPaths,
  ...chatModelsPaths,
  ...modelsPaths,
  ...referencePaths,
  ...pagePaths,
  ...healthPaths,
];

/** What is answered before a route is looked for: catalogs, pages, health. */
export function edgeRoutes(): readonly PublicRoute[] {
  return [...readPaths.map((path) => edgeRoute('GET', path)), edgeRoute('POST', CODE_PATH)];
}

function edgeRoute(method: string, path: string): PublicRoute {
  const operation = edgeOperations.get(`${method} ${path}`);
  assert(operation !== undefined, `${method} ${path} is described`);
  // Whoever asks the catalog shows a key: see `answerWorkersCatalog`.
  const scope = catalogPaths.includes(path) ? 'models:read' : undefined;
  return { method, path, operation, scope };
}
