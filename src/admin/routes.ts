import { accountRoutes } from './account-routes.ts';
import type { ApiRoute } from './api-route.ts';
import { auditRoutes } from './audit-routes.ts';
import { batchRoutes } from './batch-routes.ts';
import { cassetteRoutes } from './cassette-routes.ts';
import { describeRoute } from './describe-routes.ts';
import { exchangeRoutes } from './exchange-routes.ts';
import { exportRoutes } from './export-routes.ts';
import { gatewayRoutes } from './gateway-routes.ts';
import { invoiceRoutes, ownInvoiceRoutes } from './invoice-routes.ts';
import { adminKeyRoutes, ownKeyRoutes } from './key-routes.ts';
import { consoleOperatorRoutes } from './operator-routes.ts';
import { ownRoutes } from './own-routes.ts';
import { adminPaymentRoutes, ownPaymentRoutes } from './payment-routes.ts';
import { planRoutes } from './plan-routes.ts';
import { priceRoutes, pricingRoutes } from './price-routes.ts';
import { adminRequestRoutes, ownRequestRoutes } from './request-routes.ts';
import { routingRoutes } from './routing-routes.ts';
import { scenarioRoutes } from './scenario-routes.ts';
import { sessionRoutes } from './session-routes.ts';
import { settingsRoutes } from './settings-routes.ts';
import { upstreamRoutes } from './upstream-routes.ts';
import { walletRoutes } from './wallet-routes.ts';

const operatorRoutes: readonly ApiRoute[] = [
  ...accountRoutes,
  ...adminKeyRoutes,
  ...walletRoutes,
  ...adminPaymentRoutes,
  ...priceRoutes,
  ...planRoutes,
  ...adminRequestRoutes,
  ...exportRoutes,
  ...invoiceRoutes,
  ...auditRoutes,
  ...exchangeRoutes,
  ...batchRoutes,
  ...scenarioRoutes,
  ...cassetteRoutes,
  ...upstreamRoutes,
  ...routingRoutes,
  ...gatewayRoutes,
  ...settingsRoutes,
  ...sessionRoutes,
  ...consoleOperatorRoutes,
];

/** Every route of the public listener that is about accounts and not about a model. */
export const accountApiRoutes: readonly ApiRoute[] = [
  ...ownRoutes,
  ...ownPaymentRoutes,
  ...ownRequestRoutes,
  ...ownInvoiceRoutes,
  ...pricingRoutes,
  ...ownKeyRoutes,
];

/** Every route of the admin API, its own description too. */
export const adminRoutes: readonly ApiRoute[] = [
  ...operatorRoutes,
  describeRoute([...operatorRoutes, ...accountApiRoutes]),
];
