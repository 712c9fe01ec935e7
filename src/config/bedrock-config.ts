import type { AnthropicUpstreamConfig, ProbeConfig } from './config.ts';

/** What shows AWS on whose account we ask: an API key, or what requests are signed with. */
export interface AwsCredentialsConfig {
  readonly api_key?: string | undefined;
  readonly access_key_id?: string | undefined;
  readonly secret_access_key?: string | undefined;
  readonly session_token?: string | undefined;
}

/** The options of `kind: bedrock`. Descriptions are in the schema. */
export interface BedrockUpstreamConfig extends AwsCredentialsConfig {
  readonly kind: 'bedrock';
  /** Each is asked as if it were a credential of its own. */
  readonly regions: readonly string[];
  readonly inference_profile: 'us' | 'eu' | 'jp' | 'apac' | 'global' | 'none';
  /** Bedrock's names of models, by the name in a request; `*` for all others. */
  readonly models: Readonly<Record<string, string>>;
  /** May have `{region}` in it. */
  readonly base_url?: string | undefined;
  /** Several of them, each asked in every region. */
  readonly credentials?: readonly AwsCredentialsConfig[] | undefined;
  readonly connections_max: number;
  readonly strip_billing_header?: boolean | undefined;
  readonly on_client_gone?: 'cancel' | 'drain' | undefined;
  readonly timeouts: AnthropicUpstreamConfig['timeouts'];
  readonly probe?: ProbeConfig | undefined;
}
