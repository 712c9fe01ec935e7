import type { Refusal } from '../messages/errors.ts';
import type {
  CassetteAnswer,
  CassetteExchange,
  CassetteReport,
  DriftEstimate,
  RecordingAnswer,
} from './contract-exchanges.ts';

/** A cassette with what it holds. */
export interface OpenedCassette {
  readonly kind: 'cassette';
  readonly cassette: CassetteAnswer;
  readonly exchanges: readonly CassetteExchange[];
}

/** Cassettes of the data directory, and what is recorded into them. */
export interface CassetteDesk {
  list(): Promise<readonly CassetteAnswer[]>;
  open(name: string): Promise<OpenedCassette | Refusal>;
  recordings(): readonly RecordingAnswer[];
  start(keyId: string, cassette: string): Refusal | undefined;
  stop(keyId: string): Refusal | undefined;
  /** Asks an emulator of its own. */
  replay(name: string, limit: number): Promise<CassetteReport | Refusal>;
  /** Sends real requests. */
  drift(
    name: string,
    upstream: string | undefined,
    limit: number,
  ): Promise<CassetteReport | Refusal>;
  /** What a drift would send and cost. */
  estimate(
    name: string,
    upstream: string | undefined,
    limit: number,
  ): Promise<DriftEstimate | Refusal>;
}
