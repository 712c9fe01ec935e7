import type { Attributes, Histogram } from '@opentelemetry/api';
import { ValueType } from '@opentelemetry/api';
import type { MeterProvider } from '@opentelemetry/sdk-metrics';
import { version } from '../../std/version.ts';
import type { ModelLabels } from '../model-labels.ts';
import type { RequestRecord } from '../request-log.ts';
import type { FindUpstream } from './request-attributes.ts';
import { figureAttributes, inputTokensOf } from './request-attributes.ts';

/** The buckets that the conventions for generative AI ask for. */
const TOKENS = [
  1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216,
  67_108_864,
];
const DURATION_SECONDS = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];
const FIRST_TOKEN_SECONDS = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/** The figures of requests in the words of the conventions, from the records that Prometheus is shown. */
export class RequestInstruments {
  readonly #tokens: Histogram;
  readonly #duration: Histogram;
  readonly #firstToken: Histogram;
  readonly #labels: ModelLabels;
  readonly #findUpstream: FindUpstream;

  constructor(provider: MeterProvider, labels: ModelLabels, findUpstream: FindUpstream) {
    const meter = provider.getMeter('quatrain', version);
    const seconds = (name: string, description: string, buckets: number[]): Histogram =>
      meter.createHistogram(name, {
        description,
        unit: 's',
        advice: { explicitBucketBoundaries: buckets },
      });
    this.#tokens = meter.createHistogram('gen_ai.client.token.usage', {
      description: 'Tokens of a request, by type.',
      unit: '{token}',
      valueType: ValueType.INT,
      advice: { explicitBucketBoundaries: TOKENS },
    });
    this.#duration = seconds(
      'gen_ai.server.request.duration',
      'From arrival to the last byte of the answer.',
      DURATION_SECONDS,
    );
    this.#firstToken = seconds(
      'gen_ai.server.time_to_first_token',
      'From arrival to the first content of a stream.',
      FIRST_TOKEN_SECONDS,
    );
    this.#labels = labels;
    this.#findUpstream = findUpstream;
  }

  request(record: RequestRecord): void {
    if (record.operation !== 'messages.create') return;
    const attributes = figureAttributes(record, this.#labels.of(record.model), this.#findUpstream);
    this.#duration.record(record.totalMs / 1000, attributes);
    if (record.firstContentMs !== undefined) {
      this.#firstToken.record(record.firstContentMs / 1000, attributes);
    }
    this.#count(inputTokensOf(record.usage), 'input', attributes);
    this.#count(record.usage.outputTokens, 'output', attributes);
  }

  #count(tokens: number | undefined, type: string, attributes: Attributes): void {
    if (tokens === undefined) return;
    this.#tokens.record(tokens, { ...attributes, 'gen_ai.token.type': type });
  }
}
