import type { ModelTraits } from '../messages/model-traits.ts';
import type { JsonObject } from '../std/json.ts';
import type { Model } from './model.ts';
import type { Plan } from './plans.ts';
import type { PriceRow, TokenPrices } from './price.ts';
import { priceAt } from './price.ts';
import type { ProfileName } from './profiles.ts';
import { modelsOf } from './profiles.ts';
import { workersAiExamples } from './workers-ai-examples.ts';
import type { WorkersAiPresentation } from './workers-ai-presentations.ts';
import { workersAiPresentations } from './workers-ai-presentations.ts';
import { workersAiSchemasOf } from './workers-ai-schemas.ts';
import { workersAiSnippet } from './workers-ai-snippet.ts';

/** The kind of work that every model of the registry is listed under. */
export const WORKERS_AI_TASK = 'Text Generation';

/** A model as the Workers AI catalog keeps it; the fields are the wire's. Workers reference §5.2. */
export interface CatalogModel {
  readonly model_id: string;
  readonly provider_id: 'anthropic';
  readonly name: string;
  readonly description: string;
  readonly task: typeof WORKERS_AI_TASK;
  readonly tags: readonly string[];
  /** In tokens. */
  readonly context_length: number;
  /** Most tokens that an answer may have: the model's own bound or the plan's. */
  readonly max_output_tokens: number;
  readonly schema_version: '1.0.0';
  /** Label → USD. */
  readonly pricing: Readonly<Record<string, number>>;
  readonly examples: readonly CatalogExample[];
  readonly default_example: null;
  readonly code_snippets: readonly CodeSnippet[];
  readonly supports_async: false;
  readonly zdr: boolean;
  readonly zdr_comment: null;
  readonly external_info: string;
  readonly terms: string;
  readonly cover_image_url: null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly request_formats: readonly ['anthropic-messages'];
  readonly providers: null;
  readonly banner: null;
  readonly hosting: 'proxied';
  /** `YYYY-MM-DD HH:MM:SS`, UTC. */
  readonly created_at: string;
  readonly private?: true;
  readonly schema: { readonly input: JsonObject; readonly output: JsonObject };
}

export interface CatalogExample {
  readonly name: string;
  readonly description: string;
  readonly input: JsonObject;
  /** Absent where nothing that the model said is on record. */
  readonly output?: { readonly text: string };
  readonly code_snippets: readonly CodeSnippet[];
}

export interface CodeSnippet {
  readonly label: string;
  readonly language: string;
  readonly code: string;
}

/** What a record depends on besides the model. */
export interface CatalogTerms {
  readonly plan: Pick<Plan, 'modelIds' | 'outputTokensMax'>;
  readonly atMs: number;
}

/** A model of the catalog with its record. */
export interface CatalogEntry {
  readonly model: Model;
  readonly record: CatalogModel;
}

/** The catalog of an account: what its plan sells of the models that have a name in this form. */
export function workersAiCatalog(
  profile: ProfileName,
  terms: CatalogTerms,
): readonly CatalogEntry[] {
  return modelsOf(profile).flatMap((model) => {
    const record = workersAiRecord(model, terms);
    return record === undefined ? [] : [{ model, record }];
  });
}

/** The record of one model; undefined where the plan does not sell it or it has no name in this form. */
export function workersAiRecord(model: Model, terms: CatalogTerms): CatalogModel | undefined {
  const presentation = workersAiPresentations[model.id];
  const isNamed = model.formNames.workersAi.length > 0;
  const isSold = terms.plan.modelIds?.has(model.id) ?? true;
  if (presentation === undefined || !isNamed || !isSold) return undefined;
  return describeWorkersAiModel(model, presentation, terms);
}

/** A record of the registry as the Workers AI catalog shows it. */
export function describeWorkersAiModel(
  model: Model,
  presentation: WorkersAiPresentation,
  { plan, atMs }: CatalogTerms,
): CatalogModel {
  const modelId = model.formNames.workersAi[0] ?? model.id;
  const { inputSchema, outputSchema } = workersAiSchemasOf(model);
  return {
    model_id: modelId,
    provider_id: 'anthropic',
    name: model.displayName,
    description: presentation.description,
    task: WORKERS_AI_TASK,
    tags: presentation.tags,
    context_length: model.contextTokens,
    max_output_tokens: Math.min(model.maxOutputTokens, plan.outputTokensMax ?? Infinity),
    schema_version: '1.0.0',
    pricing: pricingOf(priceAt(model.prices, atMs)),
    examples: examplesOf(modelId, model, presentation),
    default_example: null,
    code_snippets: [],
    supports_async: false,
    zdr: presentation.zdr,
    zdr_comment: null,
    external_info: presentation.externalInfo,
    terms: 'https://www.anthropic.com/legal/commercial-terms',
    cover_image_url: null,
    metadata: metadataOf(model, presentation),
    request_formats: ['anthropic-messages'],
    providers: null,
    banner: null,
    hosting: 'proxied',
    created_at: model.createdAt.slice(0, 19).replace('T', ' '),
    ...(presentation.isPrivate === true ? { private: true } : {}),
    schema: { input: inputSchema, output: outputSchema },
  };
}

function examplesOf(
  modelId: string,
  traits: ModelTraits,
  { inputOrder = 'system-first', outputs = {} }: WorkersAiPresentation,
): readonly CatalogExample[] {
  return workersAiExamples(traits, inputOrder).map(({ name, description, input }) => {
    const text = outputs[name];
    const code = workersAiSnippet(modelId, input);
    return {
      name,
      description,
      input,
      ...(text === undefined ? {} : { output: { text } }),
      code_snippets: [{ label: 'typescript', language: 'typescript', code }],
    };
  });
}

const pricedClasses: readonly (readonly [keyof TokenPrices, string])[] = [
  ['input', 'Input tokens'],
  ['output', 'Output tokens'],
  ['cacheRead', 'Cached input tokens'],
  ['cacheWrite5m', 'Cache creation tokens'],
];

/** Labels as Workers reference §5.2 has them, and a set more where long prompts cost more. */
function pricingOf(row: PriceRow | undefined): Readonly<Record<string, number>> {
  if (row === undefined) return {};
  const { longContext } = row;
  const labelled = (prices: TokenPrices, unit: string): readonly (readonly [string, number])[] =>
    pricedClasses.map(([tokenClass, label]) => [
      `${label} (${unit})`,
      usdPerMillion(prices[tokenClass]),
    ]);
  return Object.fromEntries([
    ...labelled(row.nanoUsdPerToken, 'per 1M'),
    ...(longContext === undefined
      ? []
      : labelled(
          longContext.nanoUsdPerToken,
          `per 1M, prompts above ${String(longContext.aboveInputTokens / 1000)}K`,
        )),
  ]);
}

/** A million tokens at one nano-USD each are a thousandth of a USD. */
function usdPerMillion(nanoUsdPerToken: bigint): number {
  return Number(nanoUsdPerToken) / 1000;
}

function metadataOf(
  { thinking, retiredAt }: Model,
  { plannedDeprecationDate = retiredAt?.slice(0, 10) }: WorkersAiPresentation,
): Readonly<Record<string, string>> {
  return {
    Architecture: 'Transformer',
    ...(thinking.enabled ? { 'Extended Thinking': 'Yes' } : {}),
    ...(thinking.adaptive ? { 'Adaptive Thinking': 'Yes' } : {}),
    ...(plannedDeprecationDate === undefined
      ? {}
      : { planned_deprecation_date: plannedDeprecationDate }),
  };
}
