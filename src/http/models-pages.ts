import type { Model } from '../catalog/model.ts';
import { modelsOf } from '../catalog/profiles.ts';
import { resolveAnyName } from '../catalog/resolve-model.ts';
import { workersAiPresentations } from '../catalog/workers-ai-presentations.ts';
import type { HeaderMap } from '../dialects/dialect.ts';
import type { WalkSettings } from '../gateway/exchange.ts';
import { findKnownModel } from '../gateway/find-known-model.ts';
import type { GatewayApi } from '../gateway/gateway-api.ts';
import { nearModelNames } from '../gateway/near-model-names.ts';
import type { PageTerms } from '../pages/describe-model-page.ts';
import { describeModelPage, schemasOf } from '../pages/describe-model-page.ts';
import type { ListedModel } from '../pages/models-json.ts';
import { modelsJson } from '../pages/list-models.ts';
import { pageHeaders } from '../pages/page-headers.ts';
import type { PageForm } from '../pages/page-forms.ts';
import { MODELS_FOLDER, formsOf, modelFolder, pagePath } from '../pages/page-forms.ts';
import { jsonText } from '../pages/json-text.ts';
import { playgroundPath, writePlaygroundPage } from '../pages/playground-page.ts';
import type { PageSearch } from '../pages/search-pages.ts';
import { readPageSearch } from '../pages/search-pages.ts';
import type { WebAssets, WebEntry } from '../pages/web-assets.ts';
import { writeIndexHtml, writeIndexMarkdown, writeIndexText } from '../pages/write-index.ts';
import { writePageHtml } from '../pages/write-page-html.ts';
import { writePageMarkdown } from '../pages/write-page-markdown.ts';
import type { EdgeReply } from './edge-reply.ts';
import { taggedReply } from './entity-tag.ts';
import type { WrittenPage } from './kept-pages.ts';
import { KeptPages } from './kept-pages.ts';
import type { PagePrices } from './page-prices.ts';
import { pagePricesAt } from './page-prices.ts';
import { missingReply } from './missing-reply.ts';
import type { ListFile, ModelFile, ModelsQuestion } from './read-models-question.ts';
import { readModelsQuestion } from './read-models-question.ts';
import type { ReferencePages } from './reference-pages.ts';
import { snippetAddress } from './snippet-address.ts';

/** What pages are made from. Nothing here needs a key: it is what anybody may know. */
export interface ModelsPagesParts {
  readonly prices: PagePrices;
  readonly assets: WebAssets;
  /** What writes the code of a request. */
  readonly code: GatewayApi;
  /** Where callers reach the gateway, for code on pages; that of one without a configuration where absent. */
  readonly publicUrl?: () => string;
  /** The reference of all routes; none where absent. */
  readonly reference?: Pick<ReferencePages, 'answer'>;
}

/** A question for a page, and what it is answered from at the moment. */
export interface ModelsRequest {
  readonly path: string;
  readonly query: string;
  readonly asked: HeaderMap;
  readonly settings: PageSettings;
  readonly atMs: number;
  readonly requestId: string;
}

type PageSettings = Pick<
  WalkSettings,
  'bodyBytesMax' | 'chatCompletions' | 'jsonBounds' | 'plan' | 'profile' | 'workersAi'
>;

interface Written {
  readonly type: string;
  readonly text: string;
}

/** The list of models, as long as what it was made from stands. */
interface ListedOnce {
  readonly settings: PageSettings;
  readonly prices: string;
  readonly models: readonly ListedModel[];
}

/** The catalog at `/models/`, for anybody: issue 8 has what is on its pages. */
export class ModelsPages {
  readonly #parts: ModelsPagesParts;
  readonly #kept = new KeptPages();
  #listed: ListedOnce | undefined;

  constructor(parts: ModelsPagesParts) {
    this.#parts = parts;
  }

  /** What writes the code of a request, for whoever reads pages. */
  get code(): GatewayApi {
    return this.#parts.code;
  }

  /** The page that is asked for; undefined where none of them is. */
  answer(request: ModelsRequest): EdgeReply | undefined {
    const reference = this.#parts.reference?.answer(request.path, request.asked);
    if (reference !== undefined) return reference;
    const question = readModelsQuestion(request.path, request.asked);
    if (question === undefined) return undefined;
    if (question.kind === 'list') return this.#list(question.as, request);
    if (question.kind === 'moved') return redirect(question.path);
    if (question.kind === 'missing') return this.#missing(question.name, question.as, request);
    const model = this.#find(question.name, request);
    if (model === undefined) {
      const as = question.kind === 'model' ? question.as : 'html';
      return this.#missing(question.name, as, request);
    }
    return question.kind === 'playground'
      ? this.#playground(model, request)
      : this.#model(model, question, request);
  }

  #list(as: ListFile, request: ModelsRequest): EdgeReply {
    const terms = this.#terms(request);
    const models = this.#models(request, terms);
    const search = readPageSearch(request.query);
    const isNarrowed = as === 'html' && Object.keys(search).length > 0;
    const write = (): Written => writeList[as](models, search, this.#entry());
    const page = isNarrowed
      ? asPage(write())
      : this.#kept.page(`${MODELS_FOLDER} ${as}`, [models], write);
    return pageReply(page, request.asked);
  }

  #models({ settings }: ModelsRequest, terms: PageTerms): readonly ListedModel[] {
    const prices = terms.listed.map((model) => priceMark(model, terms)).join(' ');
    const listed = this.#listed;
    if (listed?.settings === settings && listed.prices === prices) return listed.models;
    const { models } = modelsJson(terms);
    this.#listed = { settings, prices, models };
    return models;
  }

  #model(
    model: Model,
    question: Extract<ModelsQuestion, { readonly kind: 'model' }>,
    request: ModelsRequest,
  ): EdgeReply {
    const forms = formsOf(model);
    const form = question.form ?? forms[0];
    if (form === undefined || !forms.includes(form)) {
      return this.#missing(`${question.name}/${form ?? ''}`, question.as, request);
    }
    const folder = pagePath(model, form);
    const file = question.isFolder ? request.path.slice(request.path.lastIndexOf('/') + 1) : '';
    const own = `${folder}${file}`;
    if (own !== request.path) return redirect(own);
    const { as } = question;
    const terms = this.#terms(request);
    const madeFrom = [request.settings, priceMark(model, terms), terms.baseUrl];
    const page = this.#kept.page(`${folder} ${as}`, madeFrom, () =>
      write[as]({ model, form, terms, entry: this.#entry() }),
    );
    return pageReply(page, request.asked);
  }

  #playground(model: Model, request: ModelsRequest): EdgeReply {
    const path = playgroundPath(model);
    if (path !== request.path) return redirect(path);
    const text = writePlaygroundPage(model, this.#parts.assets);
    return pageReply(asPage({ type: HTML, text }), request.asked);
  }

  #missing(name: string, as: ModelFile, request: ModelsRequest): EdgeReply {
    const near = this.#near(name, request).map((model) => ({
      name: model.displayName,
      path: modelFolder(model),
    }));
    return missingReply({ name, near }, { as, entry: this.#entry(), requestId: request.requestId });
  }

  /** The model that a path begins with, where it has one; else those whose names are most like it. */
  #near(name: string, request: ModelsRequest): readonly Model[] {
    const { settings } = request;
    const [first = '', second] = name.split('/');
    const begun = second === undefined ? first : `${first}/${second}`;
    const known = this.#find(begun, request) ?? this.#find(first, request);
    if (known !== undefined) return [known];
    return nearModelNames(begun, settings).flatMap((other) => this.#find(other, request) ?? []);
  }

  #find(name: string, { settings, atMs }: ModelsRequest): Model | undefined {
    const model = resolveAnyName(name, settings.profile);
    return model !== undefined && isShown(model, settings, atMs) ? model : undefined;
  }

  #terms({ settings, atMs }: ModelsRequest): PageTerms {
    const { chatCompletions, jsonBounds, plan, profile, workersAi, bodyBytesMax } = settings;
    const { publicUrl } = this.#parts;
    return {
      baseUrl: publicUrl && snippetAddress(publicUrl()),
      listed: modelsOf(profile).filter((model) => isShown(model, settings, atMs)),
      plan,
      bodyBytesMax,
      priceOf: pagePricesAt(this.#parts.prices, { plan, atMs }),
      reading: {
        chatCompletions,
        jsonBounds,
        workersAi,
        findModel: (name) => findKnownModel(name, settings, atMs),
        nearModels: (name) => nearModelNames(name, settings),
      },
    };
  }

  #entry(): WebEntry {
    const { assets } = this.#parts;
    return assets.entry('catalog');
  }
}

/** Stands for what a page says of a model's price. */
function priceMark(model: Model, { priceOf }: PageTerms): string {
  const price = priceOf(model);
  return price === undefined ? '-' : `${price.version} ${String(price.sinceMs)}`;
}

/** What the plan sells, unless it is kept back or its planned end has come. */
function isShown(model: Model, { plan }: PageSettings, atMs: number): boolean {
  const { isPrivate = false, plannedDeprecationDate } = workersAiPresentations[model.id] ?? {};
  const hasEnded =
    plannedDeprecationDate !== undefined && Date.parse(plannedDeprecationDate) <= atMs;
  return !isPrivate && !hasEnded && (plan.modelIds?.has(model.id) ?? true);
}

const HTML = 'text/html; charset=utf-8';
const MARKDOWN = 'text/markdown; charset=utf-8';
const JSON_TYPE = 'application/json';

interface ModelWriting {
  readonly model: Model;
  readonly form: PageForm;
  readonly terms: PageTerms;
  readonly entry: WebEntry;
}

const write: Readonly<Record<ModelFile, (writing: ModelWriting) => Written>> = {
  html: ({ model, form, terms, entry }) => ({
    type: HTML,
    text: writePageHtml(describeModelPage(model, form, terms), entry),
  }),
  markdown: ({ model, form, terms }) => ({
    type: MARKDOWN,
    text: writePageMarkdown(describeModelPage(model, form, terms)),
  }),
  'input-schema': (writing) => schemaFile('input', writing),
  'output-schema': (writing) => schemaFile('output', writing),
};

function schemaFile(direction: 'input' | 'output', { model, form, terms }: ModelWriting): Written {
  return { type: JSON_TYPE, text: `${jsonText(schemasOf(model, form, terms)[direction])}\n` };
}

type ListWriter = (models: readonly ListedModel[], search: PageSearch, entry: WebEntry) => Written;

const writeList: Readonly<Record<ListFile, ListWriter>> = {
  html: (models, search, entry) => ({ type: HTML, text: writeIndexHtml(models, search, entry) }),
  markdown: (models) => ({ type: MARKDOWN, text: writeIndexMarkdown(models) }),
  text: (models) => ({ type: 'text/plain; charset=utf-8', text: writeIndexText(models) }),
  data: (models) => ({ type: JSON_TYPE, text: `${JSON.stringify({ models }, undefined, 2)}\n` }),
};

function asPage({ type, text }: Written): WrittenPage {
  return { type, body: Buffer.from(text) };
}

function pageReply({ type, body }: WrittenPage, asked: HeaderMap): EdgeReply {
  const own = type === HTML ? pageHeaders : ['x-content-type-options', 'nosniff'];
  const headers = [...own, 'vary', 'accept'];
  return taggedReply({ type, body, headers, cacheControl: 'no-cache' }, asked);
}

function redirect(path: string): EdgeReply {
  const headers = ['location', path, 'cache-control', 'no-cache', 'vary', 'accept'];
  return { status: 308, headers, body: new Uint8Array(0) };
}
