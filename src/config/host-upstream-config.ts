import type { AnthropicUpstreamConfig, ProbeConfig } from './config.ts';

/** What upstreams at the hosts of clouds have in common. Descriptions are in the schemas. */
interface HostConfig {
  readonly base_url?: string | undefined;
  readonly connections_max: number;
  readonly strip_billing_header?: boolean | undefined;
  readonly on_client_gone?: 'cancel' | 'drain' | undefined;
  readonly timeouts: AnthropicUpstreamConfig['timeouts'];
}

/** The options of `kind: vertex`. */
export interface VertexUpstreamConfig extends HostConfig {
  readonly kind: 'vertex';
  readonly project: string;
  readonly region: string;
  /** The key file of a service account. */
  readonly credentials?: string | undefined;
  readonly service_accounts?: readonly ServiceAccountConfig[] | undefined;
  readonly access_token?: string | undefined;
  /** The host's names of models, by the name in a request; `*` for all others. */
  readonly models: Readonly<Record<string, string>>;
  readonly probe?: ProbeConfig | undefined;
}

/** One of several service accounts. */
export interface ServiceAccountConfig {
  readonly credentials: string;
  /** Its own, where it has another one. */
  readonly project?: string | undefined;
}

/** The options of `kind: azure`. */
export interface AzureUpstreamConfig extends HostConfig {
  readonly kind: 'azure';
  readonly resource?: string | undefined;
  readonly api_key?: string | undefined;
  readonly api_keys?: readonly string[] | undefined;
  readonly auth: 'x-api-key' | 'api-key';
  readonly access_token?: string | undefined;
  /** Names of deployments, by the name of a model in a request; `*` for all others. */
  readonly deployments: Readonly<Record<string, string>>;
  readonly probe?: ProbeConfig | undefined;
}

/** The options of `kind: workers-ai`. */
export interface WorkersAiUpstreamConfig extends HostConfig {
  readonly kind: 'workers-ai';
  readonly account_id: string;
  readonly api_token?: string | undefined;
  readonly api_tokens?: readonly string[] | undefined;
  readonly gateway?: string | undefined;
  readonly endpoint: 'messages' | 'run';
  readonly models: Readonly<Record<string, string>>;
  /** Nothing there is free to ask. */
  readonly probe?: undefined;
}

/** Upstreams at the hosts of clouds that serve the Messages form. */
export type HostUpstreamConfig =
  | VertexUpstreamConfig
  | AzureUpstreamConfig
  | WorkersAiUpstreamConfig;
