import type { JsonObject } from '../std/json.ts';
import type { Model } from '../catalog/model.ts';
import { WORKERS_AI_TASK } from '../catalog/describe-workers-ai-model.ts';
import type { Plan } from '../catalog/plans.ts';
import { catalogAuthors } from '../catalog/search-workers-ai-models.ts';
import { workersAiPresentations } from '../catalog/workers-ai-presentations.ts';
import type { ExampleReading } from './answer-example.ts';
import { cachingSection } from './caching-section.ts';
import { countText } from './count-text.ts';
import type { FormSchemas } from './form-schemas.ts';
import { formSchemas } from './form-schemas.ts';
import { guideSection } from './guide-section.ts';
import { limitsSection } from './limits-section.ts';
import { features, featuresOf } from './model-features.ts';
import type { ModelPage, PageParameter, PageSection, PageText } from './model-page.ts';
import { errorBlocks } from './page-errors.ts';
import type { PageExample } from './page-examples.ts';
import { pageExamples } from './page-examples.ts';
import type { PageForm } from './page-forms.ts';
import { formFacts, formsOf, pagePath } from './page-forms.ts';
import { pageParameters } from './page-parameters.ts';
import type { PagePrice } from './page-price.ts';
import { playgroundPath } from './playground-page.ts';
import { setupBlock } from './setup-block.ts';
import { dayText, priceText, pricingSection } from './pricing-section.ts';
import { schemaFiles } from '../catalog/write-model-page.ts';
import { jsonText } from './json-text.ts';
import { differencesSection, thinkingSection } from './thinking-section.ts';

/** What pages depend on besides the registry: what anybody may know of the configuration. */
export interface PageTerms {
  /** The models that have pages, newest first, those that were retired last. */
  readonly listed: readonly Model[];
  readonly plan: Pick<Plan, 'outputTokensMax'>;
  readonly bodyBytesMax: number;
  readonly priceOf: (model: Model) => PagePrice | undefined;
  readonly reading: ExampleReading;
  /** Where code of pages asks; the address of a gateway without a configuration where absent. */
  readonly baseUrl?: string | undefined;
}

const TERMS_URL = 'https://www.anthropic.com/legal/commercial-terms';
const MODELS_URL = 'https://platform.claude.com/docs/en/about-claude/models/overview';
const HOSTING = 'Proxied';

/** One model in one form, described for both writers. */
export function describeModelPage(model: Model, form: PageForm, terms: PageTerms): ModelPage {
  const name = formFacts[form].nameOf(model) ?? model.id;
  const outputTokensMax = outputBoundOf(model, terms);
  const schemas = schemasOf(model, form, terms);
  const sections: readonly (PageSection | undefined)[] = [
    ...exampleSections(form, pageExamples({ ...terms, form, model, name }), terms.baseUrl),
    ...schemaSections(form, schemas),
    pricingSection(terms.priceOf(model)),
    limitsSection(model, { outputTokensMax, bodyBytesMax: terms.bodyBytesMax }),
    { id: 'errors', title: 'Errors', blocks: errorBlocks(form) },
    thinkingSection(form, model, name),
    cachingSection(form, model, name),
    differencesSection(model),
    guideSection(form, model, terms.listed),
  ];
  return {
    form,
    path: pagePath(model, form),
    title: `${model.displayName} · ${formFacts[form].label}`,
    name: model.displayName,
    description: descriptionOf(model),
    kind: [WORKERS_AI_TASK, catalogAuthors[0]?.name ?? '', HOSTING],
    id: name,
    ...noticeOf(model),
    siblings: formsOf(model).map((other) => ({
      form: other,
      label: formFacts[other].label,
      path: pagePath(model, other),
    })),
    info: infoOf(model, form, terms),
    sections: sections.filter((section) => section !== undefined),
    schemas,
    playgroundPath: `${playgroundPath(model)}?form=${form}`,
  };
}

/** The schemas of a model in a form, as its page and the files beside it have them. */
export function schemasOf(model: Model, form: PageForm, terms: PageTerms): FormSchemas {
  const outputTokensMax = outputBoundOf(model, terms);
  const temperatureMax = terms.reading.chatCompletions.flavour === 'aimlapi' ? 1 : 2;
  return formSchemas(form, model, { outputTokensMax, temperatureMax });
}

/** The first example shows the use of the model by itself. */
function exampleSections(
  form: PageForm,
  [usage, ...others]: readonly PageExample[],
  baseUrl: string | undefined,
): readonly PageSection[] {
  return [
    { id: 'usage', title: 'Usage', blocks: [setupBlock(form, baseUrl), ...(usage?.blocks ?? [])] },
    {
      id: 'examples',
      title: 'Examples',
      blocks: others.flatMap(({ name: text, description, blocks }, at) => [
        { kind: 'heading' as const, id: `example-${String(at + 2)}`, text, note: description },
        ...blocks,
      ]),
    },
  ];
}

function schemaSections(form: PageForm, schemas: ModelPage['schemas']): readonly PageSection[] {
  return [
    {
      id: 'parameters',
      title: 'Parameters',
      blocks: [
        { kind: 'heading', id: 'parameters-input', text: 'Input' },
        { kind: 'parameters', rows: pageParameters(schemas.input) },
        { kind: 'heading', id: 'parameters-output', text: 'Output' },
        { kind: 'parameters', rows: outputRows(form, schemas.output) },
      ],
    },
    {
      id: 'api-schemas',
      title: 'API Schemas',
      blocks: [
        schemaBlock('Input', schemas.input, schemaFiles.input),
        schemaBlock('Output', schemas.output, schemaFiles.output),
      ],
    },
  ];
}

/** What an answer always has, seed 000 does not call required; seed 002 does. */
function outputRows(form: PageForm, schema: JsonObject): readonly PageParameter[] {
  const rows = pageParameters(schema);
  return form === 'workers-ai' ? withoutRequired(rows) : rows;
}

function withoutRequired(rows: readonly PageParameter[]): readonly PageParameter[] {
  return rows.map((row) => ({
    ...row,
    isRequired: false,
    children: withoutRequired(row.children),
  }));
}

/** Most tokens that an answer may have: the model's own bound or the plan's. */
export function outputBoundOf(
  { maxOutputTokens }: Model,
  { plan }: Pick<PageTerms, 'plan'>,
): number {
  return Math.min(maxOutputTokens, plan.outputTokensMax ?? Infinity);
}

/** What the catalog says of a model; of one that it has no words for, when it was there. */
export function descriptionOf(model: Model): string {
  const { displayName, createdAt } = model;
  return (
    workersAiPresentations[model.id]?.description ??
    `${displayName} came out on ${createdAt.slice(0, 10)}. Programs and recordings of its time still name it.`
  );
}

function noticeOf({ displayName, retiredAt }: Model): { readonly notice?: string } {
  return retiredAt === undefined
    ? {}
    : {
        notice: `${displayName} was retired on ${retiredAt.slice(0, 10)}. New work should use a later model.`,
      };
}

function infoOf(
  model: Model,
  form: PageForm,
  terms: PageTerms,
): readonly (readonly [string, PageText])[] {
  const price = terms.priceOf(model);
  const priced = priceText(price);
  const others = formFacts[form].namesOf(model).slice(1);
  return [
    ['Context Window', `${countText(model.contextTokens)} tokens`],
    ['Maximum output', `${countText(outputBoundOf(model, terms))} tokens`],
    [
      'Features',
      featuresOf(model)
        .map((name) => features[name].label)
        .join(', '),
    ],
    [
      'Request formats',
      formsOf(model)
        .map((other) => `\`${formFacts[other].format}\``)
        .join(', '),
    ],
    [
      'Request',
      `\`POST ${formFacts[form].requestPath.replace('{model}', formFacts[form].nameOf(model) ?? model.id)}\``,
    ],
    ...(others.length === 0
      ? []
      : [['Also called', others.map((name) => `\`${name}\``).join(', ')] as const]),
    ['Released', model.createdAt.slice(0, 10)],
    [
      'Pricing',
      priced === undefined
        ? 'not known'
        : `${priced}${price?.sinceMs === undefined ? '' : `, since ${dayText(price.sinceMs)}`} · [all prices](#pricing)`,
    ],
    ['Terms and License', `[link ↗](${TERMS_URL})`],
    [
      'More information',
      `[link ↗](${workersAiPresentations[model.id]?.externalInfo ?? MODELS_URL})`,
    ],
  ];
}

function schemaBlock(
  title: string,
  schema: JsonObject,
  file: string,
): ModelPage['sections'][number]['blocks'][number] {
  const code = jsonText(schema);
  return { kind: 'folded', title, language: 'json', code, file };
}
