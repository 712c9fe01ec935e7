import type { GatewayLogRow } from './gateway-log.ts';

/** What a log of a gateway has of an exchange. */
export interface LoggedExchange {
  readonly row: GatewayLogRow;
  /** Undefined where the log has no bodies. */
  readonly request: Uint8Array | undefined;
  readonly response: Uint8Array | undefined;
}

/** Logs of all gateways, for an operator who looks into one request. */
export interface LoggedExchanges {
  /** The newest of these; bodies as far as the bound goes. */
  exchange(ids: readonly string[], bytesMax: number): Promise<LoggedExchange | undefined>;
}
