import type { Config, UpstreamConfig } from '../config/config.ts';
import type { ParsedConfig } from '../config/parse-config.ts';
import type { Walk } from '../gateway/exchange.ts';
import type { ProbeQuestion } from '../routing/probe-question.ts';
import type { UpstreamWindow } from '../telemetry/upstream-window.ts';
import type { GatewayDesk } from './gateway-desk.ts';

/** Figures that other parts keep, for whoever looks after the process. */
export interface ProcessFigures {
  readonly requestsInFlight: number;
  readonly unheardAnswers: number;
  readonly requestLogDropped: number;
  readonly gatewayLogDropped: number;
  readonly recordingsDropped: number;
  readonly spansDropped: number;
  readonly retriesRefused: number;
}

/** What the API about the running gateway works with. */
export interface OperationParts {
  /** The one that requests are served with: what is explained is walked over its parts. */
  readonly walk: Walk;
  readonly config: () => Config;
  /** By name: those of the configuration, and the one that is there without a word. */
  readonly configured: () => Readonly<Record<string, UpstreamConfig>>;
  readonly window: Pick<UpstreamWindow, 'read'>;
  /** What an upstream is asked that costs nothing; undefined where nothing is free there. */
  readonly questionFor: (name: string) => ProbeQuestion | undefined;
  readonly gateways: GatewayDesk;
  /** Reads a configuration as the process would, up to upstreams that could be made; keeps nothing. */
  readonly checkConfig: (yaml: string) => Promise<ParsedConfig>;
  /** Dotted paths of options that only a restart changes. */
  readonly fixedOptions: () => readonly string[];
  readonly figures: () => ProcessFigures;
  readonly process: {
    readonly nodeVersion: string;
    readonly startedAtMs: number;
    readonly dataDir: string;
    readonly publicUrl: () => string;
    readonly isReady: () => boolean;
    readonly databaseBytes: () => number;
  };
}
