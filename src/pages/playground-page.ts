import type { Model } from '../catalog/model.ts';
import { writeCrumbs, writeCrumbsData } from './crumbs.ts';
import { html } from './html.ts';
import { MODELS_FOLDER, modelFolder } from './page-forms.ts';
import { writePageShell } from './page-shell.ts';
import type { WebAssets } from './web-assets.ts';

/** The folder of a playground, within that of its model. */
export const PLAYGROUND = 'playground';

/** Where the playground of a model is. */
export function playgroundPath(model: Model): string {
  return `${modelFolder(model)}${PLAYGROUND}/`;
}

/**
 * The page on which a model is tried out, with a key that its user types in. All of it is a script's
 * work; who runs none gets the way to the examples, which are code to copy.
 */
export function writePlaygroundPage(model: Model, assets: WebAssets): string {
  const { displayName: name, id } = model;
  const folder = modelFolder(model);
  const path = playgroundPath(model);
  const crumbs = [
    { path: MODELS_FOLDER, name: 'Models' },
    { path: folder, name },
    { path, name: 'Playground' },
  ];
  const { scripts, styles } = assets.entry('playground');
  const examples = html`<a href="${folder}#usage">the code examples of ${name}</a>`;
  return writePageShell({
    title: `Playground: ${name}`,
    description: `Ask ${name} something and see the answer as it comes, its usage, cost and time.`,
    path,
    entry: { scripts, styles: [...assets.entry('catalog').styles, ...styles] },
    head: html`<link rel="canonical" href="${path}" />
      ${writeCrumbsData(crumbs)} `,
    main: html`${writeCrumbs(crumbs)}
      <h1>Playground</h1>
      <div id="playground" data-model="${id}"></div>
      ${
        scripts.length === 0
          ? html`<p>The playground is not built here. Without it there are ${examples}.</p>`
          : html`<noscript>
              <p>The playground needs JavaScript. Without it there are ${examples}.</p>
            </noscript>`
      }`,
  });
}
