import type { Model } from '../catalog/model.ts';
import { WORKERS_AI_TASK } from '../catalog/describe-workers-ai-model.ts';
import { catalogAuthors } from '../catalog/search-workers-ai-models.ts';
import { workersAiPresentations } from '../catalog/workers-ai-presentations.ts';
import { schemaFiles } from '../catalog/write-model-page.ts';
import { priceClasses } from '../catalog/price-store.ts';
import type { PageTerms } from './describe-model-page.ts';
import { descriptionOf, outputBoundOf } from './describe-model-page.ts';
import { featuresOf } from './model-features.ts';
import type { ListedForm, ListedModel, ListedPrice, ModelsJson } from './models-json.ts';
import type { PageForm } from './page-forms.ts';
import { formFacts, formsOf, pagePath } from './page-forms.ts';
import type { PagePrice } from './page-price.ts';
import { usdPerMillion } from './page-price.ts';

/** The models that have pages, as data. */
export function modelsJson(terms: PageTerms): ModelsJson {
  return { models: terms.listed.map((model) => listedModel(model, terms)) };
}

function listedModel(model: Model, terms: PageTerms): ListedModel {
  const price = terms.priceOf(model);
  const { enabled, adaptive } = model.thinking;
  const names = [
    ...model.aliases,
    ...formsOf(model).flatMap((form) => formFacts[form].namesOf(model)),
  ];
  return {
    id: model.id,
    name: model.displayName,
    author: catalogAuthors[0] ?? { id: '', name: '' },
    task: WORKERS_AI_TASK,
    description: descriptionOf(model),
    tags: workersAiPresentations[model.id]?.tags ?? [],
    forms: formsOf(model).map((form) => listedForm(model, form)),
    context_length: model.contextTokens,
    max_output_tokens: outputBoundOf(model, terms),
    features: featuresOf(model),
    takes_samplers: model.acceptsSamplers,
    effort_levels: model.effortLevels,
    thinking: { enabled, adaptive },
    prices: price === undefined ? [] : listedPrices(price),
    prices_since: price?.sinceMs === undefined ? null : new Date(price.sinceMs).toISOString(),
    aliases: [...new Set(names)].filter((name) => name !== model.id),
    released_at: model.createdAt,
    retired_at: model.retiredAt ?? null,
  };
}

function listedForm(model: Model, form: PageForm): ListedForm {
  const { label, nameOf, requestPath } = formFacts[form];
  const name = nameOf(model) ?? model.id;
  const page = pagePath(model, form);
  return {
    form,
    label,
    model: name,
    page,
    input_schema: `${page}${schemaFiles.input}`,
    output_schema: `${page}${schemaFiles.output}`,
    request_path: requestPath.replace('{model}', name),
  };
}

function listedPrices({ tiers, markupBasisPoints }: PagePrice): readonly ListedPrice[] {
  return tiers.map(({ aboveInputTokens, rates }) => ({
    above_input_tokens: aboveInputTokens,
    usd_per_million: Object.fromEntries(
      priceClasses.flatMap((name) => {
        const rate = rates[name];
        return rate === undefined ? [] : [[name, usdPerMillion(rate, markupBasisPoints)]];
      }),
    ),
  }));
}
