import { catalogAuthors } from '../catalog/search-workers-ai-models.ts';
import { writeCrumbsData } from './crumbs.ts';
import { countText } from './count-text.ts';
import type { Html } from './html.ts';
import { html } from './html.ts';
import { featureNames, features } from './model-features.ts';
import type { ListedModel } from './models-json.ts';
import { MODELS_FOLDER, formFacts, pageForms } from './page-forms.ts';
import { writePageShell } from './page-shell.ts';
import { tagTexts } from './public-openapi-tags.ts';
import { OPENAPI_PATH, REFERENCE_FOLDER } from './reference-page.ts';
import type { PageSearch } from './search-pages.ts';
import { isPageFound, searchText } from './search-pages.ts';
import type { WebEntry } from './web-assets.ts';

const TITLE = 'Models';
const SUMMARY =
  'The models that this gateway serves: what each is called, what it takes, what it answers, what it costs.';

/** The list of models in HTML: a form that narrows it by itself, and at once where scripts run. */
export function writeIndexHtml(
  models: readonly ListedModel[],
  search: PageSearch,
  entry: WebEntry,
): string {
  return writePageShell({
    title: TITLE,
    description: SUMMARY,
    path: MODELS_FOLDER,
    head: html`<link rel="canonical" href="${MODELS_FOLDER}" />
      <link rel="alternate" type="text/markdown" href="${MODELS_FOLDER}index.md" />
      ${writeCrumbsData([{ path: MODELS_FOLDER, name: TITLE }])} `,
    main: mainOf(models, search),
    entry,
  });
}

/** With scripts all models are there, those not looked for hidden; the count says how many are not. */
function mainOf(models: readonly ListedModel[], search: PageSearch): Html {
  const found = models.filter((model) => isPageFound(model, search));
  return html`<header class="page-head">
      <h1>${TITLE}</h1>
      <p class="description">${SUMMARY}</p>
    </header>
    ${formOf(search)}
    <p class="found" role="status">
      <span data-found-count>${found.length}</span> of ${models.length} models
    </p>
    <ul class="model-list" data-model-list>
      ${models.map((model) => itemOf(model, found.includes(model)))}
    </ul>
    <p class="empty" data-empty${found.length > 0 && html` hidden`}>
      No model is like that. <a href="${MODELS_FOLDER}">Show all</a>.
    </p>`;
}

function formOf({ text = '', author, form, feature }: PageSearch): Html {
  return html`<form
    class="filters"
    method="get"
    action="${MODELS_FOLDER}"
    role="search"
    data-filters
  >
    <label class="search"
      ><span class="visually-hidden">Search</span
      ><input type="search" name="q" value="${text}" placeholder="Search models" maxlength="200"
    /></label>
    ${select(
      'author',
      'Author',
      catalogAuthors.map(({ id, name }) => [id, name] as const),
      author,
    )}
    ${select(
      'form',
      'Form',
      pageForms.map((name) => [name, formFacts[name].label] as const),
      form,
    )}
    ${select(
      'feature',
      'Feature',
      featureNames.map((name) => [name, features[name].label] as const),
      feature,
    )}
    <button type="submit" class="button" data-submit>Search</button>
  </form>`;
}

function select(
  name: string,
  label: string,
  choices: readonly (readonly [string, string])[],
  chosen: string | undefined,
): Html {
  return html`<label
    ><span class="visually-hidden">${label}</span
    ><select name="${name}">
      <option value="">Any ${label.toLowerCase()}</option>
      ${choices.map(
        ([value, words]) =>
          html`<option value="${value}" ${value === chosen && html` selected`}>${words}</option>`,
      )}
    </select></label
  >`;
}

function itemOf(model: ListedModel, isFound: boolean): Html {
  const { name, description, context_length, max_output_tokens, retired_at } = model;
  const [first] = model.forms;
  return html`<li
    class="model"
    data-text="${searchText(model)}"
    data-author="${model.author.id}"
    data-forms="${model.forms.map(({ form }) => form).join(' ')}"
    data-features="${model.features.join(' ')}"
    ${!isFound && html` hidden`}
  >
    <h2>
      <a href="${first?.page ?? MODELS_FOLDER}">${name}</a
      >${retired_at !== null && html` <span class="badge">retired</span>`}
    </h2>
    <p class="kind">${[model.task, model.author.name, 'Proxied'].join(' • ')}</p>
    <p class="model-id"><code>${first?.model ?? model.id}</code></p>
    <p class="description">${description}</p>
    <p class="facts">
      <span>${countText(context_length)} context</span
      ><span>${countText(max_output_tokens)} output</span>${priceOf(model)}
    </p>
    <ul class="form-links" aria-label="Forms">
      ${model.forms.map(({ label, page }) => html`<li><a href="${page}">${label}</a></li>`)}
    </ul>
  </li> `;
}

function priceOf(model: ListedModel): Html {
  const words = priceWords(model);
  return html`${words !== undefined && html`<span>${words}</span>`}`;
}

function priceWords({ prices: [price] }: ListedModel): string | undefined {
  const { input, output } = price?.usd_per_million ?? {};
  if (input === undefined || output === undefined) return undefined;
  return `$${String(input)} in, $${String(output)} out per 1M`;
}

/** The same list in Markdown. */
export function writeIndexMarkdown(models: readonly ListedModel[]): string {
  const rows = models.map((model) => {
    const { name, forms, context_length, max_output_tokens, retired_at } = model;
    const links = forms.map(({ label, page }) => `[${label}](${page}index.md)`).join(', ');
    return `| ${[
      retired_at === null ? name : `${name} (retired)`,
      `\`${forms[0]?.model ?? model.id}\``,
      countText(context_length),
      countText(max_output_tokens),
      priceWords(model) ?? '',
      links,
    ].join(' | ')} |`;
  });
  return [
    `# ${TITLE}`,
    '',
    SUMMARY,
    '',
    '| Model | Id | Context | Output | USD | Pages |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    `Every route: [API reference](${REFERENCE_FOLDER}index.md), [OpenAPI](${OPENAPI_PATH}). All of this as data: [models.json](${MODELS_FOLDER}models.json).`,
    '',
  ].join('\n');
}

/** All pages for programs that read, in the form of llmstxt.org. */
export function writeIndexText(models: readonly ListedModel[]): string {
  const sections = pageForms.flatMap((form) => {
    const lines = models.flatMap(({ name, description, forms }) =>
      forms
        .filter((served) => served.form === form)
        .map(({ page, label }) => `- [${name}, ${label}](${page}index.md): ${description}`),
    );
    return [`## ${formFacts[form].label}`, '', ...lines, ''];
  });
  return [
    `# ${TITLE}`,
    '',
    `> ${SUMMARY}`,
    '',
    `All of it as data: [models.json](${MODELS_FOLDER}models.json). Every route of the gateway: [openapi.json](${OPENAPI_PATH}).`,
    '',
    ...sections,
    '## API reference',
    '',
    `- [All operations](${REFERENCE_FOLDER}index.md): every route of the public listener on one page`,
    ...tagTexts.map(
      ({ tag, title, description }) =>
        `- [${title}](${REFERENCE_FOLDER}${tag}/index.md): ${description}`,
    ),
    '',
  ].join('\n');
}
