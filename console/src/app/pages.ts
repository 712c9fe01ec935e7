import type { LucideIcon } from 'lucide-react';
import {
  Activity,
  Boxes,
  Cable,
  CreditCard,
  Disc3,
  FileText,
  Gauge,
  KeyRound,
  Layers,
  ListChecks,
  MessageSquare,
  Network,
  ScrollText,
  Settings,
  Shield,
  Tags,
} from 'lucide-react';
import type { ComponentType } from 'react';

/** A page of the console: where it is, and what is fetched when somebody goes there. */
export interface ConsolePage {
  /** Below `/console`; `$name` stands for one segment. */
  readonly path: string;
  readonly load: () => Promise<ComponentType>;
  /** How it stands in the navigation; absent for pages that others lead to. */
  readonly entry?: { readonly name: string; readonly group: string; readonly icon: LucideIcon };
}

const OBSERVE = 'Observe';
const ACCESS = 'Access and money';
const TRAFFIC = 'Traffic';
const EMULATOR = 'Build';
const SYSTEM = 'System';

/** Every page of the console, in the order of the navigation. */
export const pages: readonly ConsolePage[] = [
  {
    path: '/',
    load: async () => (await import('../pages/overview/overview-page.tsx')).OverviewPage,
    entry: { name: 'Overview', group: OBSERVE, icon: Gauge },
  },
  {
    path: '/requests',
    load: async () => (await import('../pages/requests/requests-page.tsx')).RequestsPage,
    entry: { name: 'Requests', group: OBSERVE, icon: Activity },
  },
  {
    path: '/requests/$request',
    load: async () => (await import('../pages/requests/request-page.tsx')).RequestPage,
  },
  {
    path: '/batches',
    load: async () => (await import('../pages/batches/batches-page.tsx')).BatchesPage,
    entry: { name: 'Batches', group: OBSERVE, icon: Layers },
  },
  {
    path: '/keys',
    load: async () => (await import('../pages/keys/keys-page.tsx')).KeysPage,
    entry: { name: 'Keys', group: ACCESS, icon: KeyRound },
  },
  {
    path: '/accounts',
    load: async () => (await import('../pages/accounts/accounts-page.tsx')).AccountsPage,
    entry: { name: 'Accounts', group: ACCESS, icon: CreditCard },
  },
  {
    path: '/accounts/$account',
    load: async () => (await import('../pages/accounts/account-page.tsx')).AccountPage,
  },
  {
    path: '/plans',
    load: async () => (await import('../pages/plans/plans-page.tsx')).PlansPage,
    entry: { name: 'Plans', group: ACCESS, icon: ListChecks },
  },
  {
    path: '/prices',
    load: async () => (await import('../pages/prices/prices-page.tsx')).PricesPage,
    entry: { name: 'Prices', group: ACCESS, icon: Tags },
  },
  {
    path: '/upstreams',
    load: async () => (await import('../pages/upstreams/upstreams-page.tsx')).UpstreamsPage,
    entry: { name: 'Upstreams', group: TRAFFIC, icon: Cable },
  },
  {
    path: '/routes',
    load: async () => (await import('../pages/routes/routes-page.tsx')).RoutesPage,
    entry: { name: 'Routes', group: TRAFFIC, icon: Network },
  },
  {
    path: '/gateways',
    load: async () => (await import('../pages/gateways/gateways-page.tsx')).GatewaysPage,
    entry: { name: 'Gateways', group: TRAFFIC, icon: Boxes },
  },
  {
    path: '/gateways/$account/$gateway',
    load: async () => (await import('../pages/gateways/gateway-page.tsx')).GatewayPage,
  },
  {
    path: '/policies',
    load: async () => (await import('../pages/policies/policies-page.tsx')).PoliciesPage,
    entry: { name: 'Policies', group: TRAFFIC, icon: Shield },
  },
  {
    path: '/playground',
    load: async () => (await import('../pages/playground/playground-page.tsx')).PlaygroundPage,
    entry: { name: 'Playground', group: EMULATOR, icon: MessageSquare },
  },
  {
    path: '/scenarios',
    load: async () => (await import('../pages/scenarios/scenarios-page.tsx')).ScenariosPage,
    entry: { name: 'Scenarios', group: EMULATOR, icon: FileText },
  },
  {
    path: '/cassettes',
    load: async () => (await import('../pages/cassettes/cassettes-page.tsx')).CassettesPage,
    entry: { name: 'Cassettes', group: EMULATOR, icon: Disc3 },
  },
  {
    path: '/audit',
    load: async () => (await import('../pages/audit/audit-page.tsx')).AuditPage,
    entry: { name: 'Audit log', group: SYSTEM, icon: ScrollText },
  },
  {
    path: '/settings',
    load: async () => (await import('../pages/settings/settings-page.tsx')).SettingsPage,
    entry: { name: 'Settings', group: SYSTEM, icon: Settings },
  },
];
