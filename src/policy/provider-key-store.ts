import type { Secret } from '../std/secret.ts';

/** Which gateway a stored key is for. */
export interface KeyedGateway {
  readonly account: string;
  readonly gatewayId: string;
}

/** What can be shown of a key for a provider that is stored for a gateway; Workers reference §3.12. */
export interface ProviderKeyRecord extends KeyedGateway {
  readonly id: string;
  /** The provider as URLs of gateways spell it. */
  readonly provider: string;
  /** Unique for a gateway and a provider. */
  readonly alias: string;
  /** Whether it is used where a request names no alias. */
  readonly isDefault: boolean;
  /** The few letters by which its owner knows it again. */
  readonly preview: string;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

/** Names one key of a gateway. */
export interface ProviderKeyName extends KeyedGateway {
  readonly provider: string;
  /** The default one where absent. */
  readonly alias?: string | undefined;
}

/** Most stored keys of one gateway. */
export const PROVIDER_KEYS_MAX = 200;

/** Where keys for providers live, encrypted. Writes resolve once they are durable. */
export interface ProviderKeyStore {
  /** All of a gateway, the oldest first. */
  list(gateway: KeyedGateway): readonly ProviderKeyRecord[];
  /** A key itself; undefined where there is none of that name. */
  reveal(name: ProviderKeyName): Secret | undefined;
  /** Whether it was stored: no where the alias is taken, or there are as many as there may be. */
  insert(record: ProviderKeyRecord, key: Secret): Promise<boolean>;
  /** Whether there was one of that id, which is now this one; without a key it keeps its own. */
  replace(record: ProviderKeyRecord, key?: Secret): Promise<boolean>;
  /** Whether there was one. */
  remove(gateway: KeyedGateway, id: string): Promise<boolean>;
}
