import type { Model } from '../catalog/model.ts';
import { modelGuides } from '../catalog/model-guides.ts';
import { workersAiPresentations } from '../catalog/workers-ai-presentations.ts';
import type { PageSection } from './model-page.ts';
import type { PageForm } from './page-forms.ts';
import { formsOf, pagePath } from './page-forms.ts';

/** The lines of models, from the fastest to the one that thinks longest. */
const families = ['haiku', 'sonnet', 'opus', 'fable'] as const;
type Family = (typeof families)[number];

/** What a model is for, which other one would be better for something else, or takes its place. */
export function guideSection(
  form: PageForm,
  model: Model,
  listed: readonly Model[],
  endsOn: string | undefined = workersAiPresentations[model.id]?.plannedDeprecationDate,
): PageSection {
  const served = listed.filter(({ retiredAt }) => retiredAt === undefined);
  const guide = modelGuides[model.id] ?? [];
  const newest = served.find((other) => familyOf(other) === familyOf(model));
  const items =
    model.retiredAt === undefined
      ? [...endingLine(form, model, newest, endsOn), ...guide, ...othersLines(form, model, served)]
      : placeLines(form, model, newest);
  return { id: 'when-to-use', title: 'When to use', blocks: [{ kind: 'list', items }] };
}

function familyOf({ id }: Model): Family | undefined {
  return families.find((name) => id.includes(name));
}

/** Of a model that is retired: which one to use, and what is other there. */
function placeLines(form: PageForm, model: Model, newest: Model | undefined): readonly string[] {
  const { displayName, retiredAt = '' } = model;
  const ended = `${displayName} was retired on ${retiredAt.slice(0, 10)}`;
  if (newest === undefined) return [`Not any more: ${ended}.`];
  const changes = changesTo(newest, model);
  return [
    `Use ${linkTo(newest, form)} instead: ${ended}.`,
    ...(changes.length === 0
      ? []
      : [`Mind when moving: ${newest.displayName} ${changes.join(', ')}.`]),
    ...priceLine(model, [newest]),
  ];
}

/** Of a model that has a day on which it will end: another one, or that there is none in its line. */
function endingLine(
  form: PageForm,
  model: Model,
  newest: Model | undefined,
  endsOn: string | undefined,
): readonly string[] {
  if (endsOn === undefined) return [];
  const ends = `${model.displayName} ends on ${endsOn}`;
  return newest === undefined || newest === model
    ? [`Not for new work: ${ends}.`]
    : [`Use ${linkTo(newest, form)} for new work: ${ends}.`];
}

/** What a program meets that goes on to another model, as far as it may stop it. */
function changesTo(next: Model, model: Model): readonly string[] {
  const changes: readonly (readonly [boolean, string])[] = [
    [model.acceptsPrefill && !next.acceptsPrefill, 'takes no prefill'],
    [model.acceptsSamplers && !next.acceptsSamplers, 'takes no samplers'],
    [
      model.acceptsBothSamplers && next.acceptsSamplers && !next.acceptsBothSamplers,
      'takes `temperature` or `top_p` but not both',
    ],
    [model.thinking.enabled && !next.thinking.enabled, 'takes no thinking budget'],
    [
      model.thinking.unset === 'off' && next.thinking.unset === 'adaptive',
      'thinks unless a request says otherwise',
    ],
  ];
  return changes.flatMap(([isSo, words]) => (isSo ? [words] : []));
}

/** Newest first, as the registry has them. */
function othersLines(form: PageForm, model: Model, served: readonly Model[]): readonly string[] {
  const family = familyOf(model);
  const same = served.filter((other) => familyOf(other) === family);
  const at = same.indexOf(model);
  const prior = at < 0 ? undefined : same[at + 1];
  const next = at < 0 ? same[0] : same[at - 1];
  const others = families
    .filter((name) => name !== family)
    .flatMap((name) => {
      const other = nearest(model, name, served);
      return other === undefined ? [] : [{ words: wordsOn(name, family), other }];
    });
  return [
    ...priceLine(
      model,
      others.map(({ other }) => other),
    ),
    ...(next === undefined ? [] : [pointer('For the version after it', next, form)]),
    ...(prior === undefined ? [] : [pointer('For the prior version', prior, form)]),
    ...others.map(({ words, other }) => pointer(words, other, form)),
  ];
}

function wordsOn(other: Family, family: Family | undefined): string {
  const isSmaller = family !== undefined && families.indexOf(other) < families.indexOf(family);
  if (other === 'haiku') return 'For higher throughput at lower quality';
  return isSmaller ? 'For a faster answer at a lower price' : 'For deeper reasoning';
}

/** The model of another line that was the newest in the months after this one came out. */
function nearest(model: Model, family: Family, served: readonly Model[]): Model | undefined {
  const those = served.filter((other) => familyOf(other) === family);
  const after = those.filter(({ createdAt }) => createdAt >= model.createdAt);
  return after.at(-1) ?? those[0];
}

/**
 * How the price compares. By the registry's list: the proportion is much the same whatever an operator
 * adds, and the prices of the moment stand in a table of their own.
 */
function priceLine(model: Model, others: readonly Model[]): readonly string[] {
  const compared = others.flatMap((other) => {
    const share = shareOf(model, other);
    return share === undefined ? [] : [`${share} ${other.displayName}’s`];
  });
  return compared.length === 0 ? [] : [`By list price its tokens cost ${compared.join(', ')}.`];
}

/** Undefined where a price is not known, or input and output do not compare alike. */
function shareOf(model: Model, other: Model): string | undefined {
  const own = model.prices.at(-1)?.nanoUsdPerToken;
  const their = other.prices.at(-1)?.nanoUsdPerToken;
  if (own === undefined || their === undefined) return undefined;
  if (own.input * their.output !== own.output * their.input) return undefined;
  const percent = Math.round((Number(own.input) / Number(their.input)) * 100);
  if (percent === 100) return 'as much as';
  return percent < 100 ? `${String(percent)} % of` : `${String(percent / 100)} times`;
}

function pointer(words: string, model: Model, form: PageForm): string {
  return `${words}, see ${linkTo(model, form)}.`;
}

/** Its page in the form of this one, where it has that, else in its first one. */
function linkTo(model: Model, form: PageForm): string {
  const { displayName } = model;
  const shown = formsOf(model).includes(form) ? form : formsOf(model)[0];
  return shown === undefined ? displayName : `[${displayName}](${pagePath(model, shown)})`;
}
