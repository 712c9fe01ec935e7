import type { Registry } from 'prom-client';
import { Counter, Histogram } from 'prom-client';
import type { ModelLabels } from '../model-labels.ts';
import type { RequestRecord } from '../request-log.ts';
import type { RequestUsage } from '../request-usage.ts';

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300];

const tokenClasses: readonly (readonly [keyof RequestUsage, string])[] = [
  ['inputTokens', 'input'],
  ['outputTokens', 'output'],
  ['cacheReadTokens', 'cache_read'],
  ['cacheWriteTokens', 'cache_write'],
];

/** The series of a model at an upstream, looked up once. */
interface Series {
  readonly total: Histogram.Internal<string>;
  readonly firstContent: Histogram.Internal<string>;
  readonly tokens: readonly (readonly [keyof RequestUsage, Counter.Internal])[];
}

/** How long models take at each upstream, and what they use. */
export class ModelSeries {
  readonly #labels: ModelLabels;
  readonly #total: Histogram;
  readonly #firstContent: Histogram;
  readonly #tokens: Counter;
  readonly #known = new Map<string, Series>();

  constructor(labels: ModelLabels, registers: Registry[]) {
    this.#labels = labels;
    const labelNames = ['model', 'upstream'];
    this.#total = new Histogram({
      name: 'quatrain_model_duration_seconds',
      help: 'From arrival to the last byte, of requests that an upstream was asked for.',
      labelNames,
      buckets: SECONDS,
      registers,
    });
    this.#firstContent = new Histogram({
      name: 'quatrain_time_to_first_content_seconds',
      help: 'From arrival to the first content of a stream.',
      labelNames,
      buckets: SECONDS,
      registers,
    });
    this.#tokens = new Counter({
      name: 'quatrain_model_tokens_total',
      help: 'Tokens that upstreams reported, by model and class.',
      labelNames: [...labelNames, 'class'],
      registers,
    });
  }

  count({ model, upstream, totalMs, firstContentMs, usage }: RequestRecord): void {
    if (upstream === undefined) return;
    const series = this.#seriesOf(this.#labels.of(model), upstream);
    series.total.observe(totalMs / 1000);
    if (firstContentMs !== undefined) series.firstContent.observe(firstContentMs / 1000);
    for (const [field, counter] of series.tokens) {
      const count = usage[field];
      if (count !== undefined && count > 0) counter.inc(count);
    }
  }

  #seriesOf(model: string, upstream: string): Series {
    const name = `${upstream} ${model}`;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const labels = { model, upstream };
    const made: Series = {
      total: this.#total.labels(labels),
      firstContent: this.#firstContent.labels(labels),
      tokens: tokenClasses.map(
        ([field, of]) => [field, this.#tokens.labels({ ...labels, class: of })] as const,
      ),
    };
    this.#known.set(name, made);
    return made;
  }
}
