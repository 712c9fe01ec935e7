import { readFileSync } from 'node:fs';
import { createAI } from './create-ai.ts';
import type { LocalBindingSettings } from './local-binding-settings.ts';
import { readLocalBindingSettings } from './local-binding-settings.ts';
import { localBindingWorker } from './local-binding-worker.ts';

/** What Miniflare asks a plugin for. It has more hooks; these are the ones that both versions need. */
export interface MiniflarePlugin {
  /** Miniflare 4 says the Worker's number second, Miniflare 5 third; it is the last for both. */
  getBindings(given: GivenOptions, ...rest: readonly unknown[]): readonly WrappedBinding[];
  getNodeBindings(given: GivenOptions): Readonly<Record<string, unknown>>;
  getServices(context: {
    readonly options: GivenOptions;
    readonly workerIndex: number;
  }): readonly Service[];
}

/** Miniflare 4 gives the bindings of this plugin, Miniflare 5 the options of the whole Worker. */
export type GivenOptions = readonly ListedBinding[] | GivenWorker | undefined;

interface ListedBinding {
  readonly name: string;
  readonly options: BindingOptions;
}

interface GivenWorker {
  readonly config: { readonly env?: Readonly<Record<string, GivenBinding>> };
}

interface GivenBinding {
  readonly dev?: {
    readonly plugin?: { readonly name: string };
    readonly options?: BindingOptions;
  };
}

type BindingOptions = Readonly<Record<string, unknown>>;

/** A binding that workerd's own class wraps. The fields are those of workerd's configuration. */
export interface WrappedBinding {
  readonly name: string;
  readonly wrapped: {
    readonly moduleName: string;
    readonly innerBindings: readonly { readonly name: string; readonly service: ServiceName }[];
  };
}

interface ServiceName {
  readonly name: string;
}

/** A service of workerd's configuration: a server elsewhere, or a Worker in between. */
export type Service = ServiceName & ({ readonly external: External } | { readonly worker: Worker });

type External = { readonly address: string } & (
  | { readonly http: Record<string, never> }
  | { readonly https: { readonly tlsOptions: TlsOptions; readonly certificateHost: string } }
);

interface TlsOptions {
  readonly trustBrowserCas: true;
  readonly trustedCertificates: readonly string[];
}

interface Worker {
  readonly compatibilityDate: string;
  readonly modules: readonly { readonly name: string; readonly esModule: string }[];
  readonly bindings: readonly (
    | { readonly name: string; readonly text: string }
    | { readonly name: string; readonly service: ServiceName }
  )[];
}

const PLUGIN = 'quatrain-ai';
/** The behaviour of workerd that the Worker in between was written for; any later one knows it. */
const COMPATIBILITY_DATE = '2025-01-01';

/**
 * Puts a gateway behind `env.AI` in local development: `wrangler dev`, Miniflare and what builds on
 * them run a Worker unchanged and without a login (Workers reference §4.2 C). The binding's class is
 * workerd's own; only what it fetches from is ours.
 */
export const plugins: { readonly [PLUGIN]: MiniflarePlugin } = {
  [PLUGIN]: {
    getBindings: (given, ...rest) =>
      bindingsOf(given).map(({ name }) => wrappedBinding(name, serviceName(rest.at(-1), name))),
    // A program outside workerd that asks for a Worker's bindings: the development servers of frameworks.
    getNodeBindings: (given) =>
      Object.fromEntries(
        bindingsOf(given).map((binding) => [binding.name, createAI(settingsOf(binding))]),
      ),
    getServices: ({ options, workerIndex }) =>
      bindingsOf(options).flatMap((binding) =>
        servicesOf(serviceName(workerIndex, binding.name), settingsOf(binding)),
      ),
  },
};

function bindingsOf(given: GivenOptions): readonly ListedBinding[] {
  if (given === undefined) return [];
  if (!('config' in given)) return given;
  return Object.entries(given.config.env ?? {})
    .filter(([, binding]) => binding.dev?.plugin?.name === PLUGIN)
    .map(([name, binding]) => ({ name, options: binding.dev?.options ?? {} }));
}

function settingsOf({ name, options }: ListedBinding): LocalBindingSettings {
  return readLocalBindingSettings(name, options, process.env);
}

/** Two Workers may each have a binding of one name, with different gateways behind them. */
function serviceName(workerIndex: unknown, binding: string): string {
  return `${PLUGIN}:${String(workerIndex)}:${binding}`;
}

function wrappedBinding(name: string, service: string): WrappedBinding {
  return {
    name,
    wrapped: {
      moduleName: 'cloudflare-internal:ai-api',
      innerBindings: [{ name: 'fetcher', service: { name: service } }],
    },
  };
}

function servicesOf(name: string, { baseURL, apiKey }: LocalBindingSettings): readonly Service[] {
  const gateway = `${name}:gateway`;
  return [
    { name: gateway, external: externalServer(new URL(baseURL)) },
    {
      name,
      worker: {
        compatibilityDate: COMPATIBILITY_DATE,
        modules: [{ name: 'local-binding.mjs', esModule: localBindingWorker }],
        bindings: [
          { name: 'gateway', service: { name: gateway } },
          { name: 'origin', text: baseURL },
          { name: 'key', text: apiKey },
        ],
      },
    },
  ];
}

function externalServer({ protocol, hostname, port }: URL): External {
  if (protocol === 'http:') return { address: `${hostname}:${port || '80'}`, http: {} };
  return {
    address: `${hostname}:${port || '443'}`,
    https: {
      tlsOptions: { trustBrowserCas: true, trustedCertificates: extraCertificates() },
      certificateHost: hostname,
    },
  };
}

/** A private authority is named to Node by a variable; workerd hears of it here. */
function extraCertificates(): readonly string[] {
  const file = process.env['NODE_EXTRA_CA_CERTS'];
  if (file === undefined || file === '') return [];
  const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
  return readFileSync(file, 'utf8').match(pem) ?? [];
}
