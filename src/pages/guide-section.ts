import type { Model } from '../catalog/model.ts';
import type { PageSection } from './model-page.ts';
import type { PageForm } from './page-forms.ts';
import { formsOf, pagePath } from './page-forms.ts';

/** The lines of models, from the fastest to the one that thinks longest. */
const families = ['haiku', 'sonnet', 'opus', 'fable'] as const;
type Family = (typeof families)[number];

const purposes: Readonly<Record<Family, readonly string[]>> = {
  haiku: [
    'High throughput at low cost: routing, extraction, classification, short answers.',
    'Sub-tasks of an agent that a larger model directs.',
  ],
  sonnet: [
    'The default of its generation: start here, benchmark against larger and smaller ones later.',
    'Code generation, refactoring and agents that use tools.',
  ],
  opus: [
    'Deeper reasoning across long contexts: large codebases, research, long agent tasks.',
    'Where a wrong answer costs more than a slow one.',
  ],
  fable: ['Problems that need the most thought and leave time for it.'],
};

/** Seed 004, "When to use": its words on Sonnet 4.6. */
const said: Readonly<Record<string, readonly string[]>> = {
  'claude-sonnet-4-6': [
    'Default Anthropic mid-tier — start here, benchmark against Opus / Haiku later.',
    'Code generation / refactoring / structured extraction where Haiku is too imprecise.',
    'Tool-heavy agents where parallel tool calls and tight argument JSON matter.',
  ],
};

/** What a model is for, and which other one would be better for something else. */
export function guideSection(form: PageForm, model: Model, listed: readonly Model[]): PageSection {
  const family = familyOf(model);
  const own = said[model.id] ?? (family === undefined ? [] : purposes[family]);
  return {
    id: 'when-to-use',
    title: 'When to use',
    blocks: [{ kind: 'list', items: [...own, ...pointersFrom(form, model, listed)] }],
  };
}

function familyOf({ id }: Model): Family | undefined {
  return families.find((name) => id.includes(name));
}

/** Newest first, as the registry has them. */
function pointersFrom(form: PageForm, model: Model, listed: readonly Model[]): readonly string[] {
  const family = familyOf(model);
  const same = listed.filter((other) => familyOf(other) === family);
  const at = same.indexOf(model);
  const others = families.filter((name) => name !== family);
  const prior = at < 0 ? undefined : same[at + 1];
  const next = at < 0 ? same[0] : same[at - 1];
  return [
    ...pointer('For the version after it', next, form),
    ...pointer('For the prior version', prior, form),
    ...others.flatMap((name) => pointer(wordsOn(name, family), nearest(model, name, listed), form)),
  ];
}

function wordsOn(other: Family, family: Family | undefined): string {
  const isSmaller = family !== undefined && families.indexOf(other) < families.indexOf(family);
  if (other === 'haiku') return 'For higher throughput at lower quality';
  return isSmaller ? 'For a faster answer at a lower price' : 'For deeper reasoning';
}

/** The model of another line that was the newest in the months after this one came out. */
function nearest(model: Model, family: Family, listed: readonly Model[]): Model | undefined {
  const those = listed.filter((other) => familyOf(other) === family);
  const after = those.filter(({ createdAt }) => createdAt >= model.createdAt);
  return after.at(-1) ?? those[0];
}

function pointer(words: string, model: Model | undefined, form: PageForm): readonly string[] {
  if (model === undefined) return [];
  const shown = formsOf(model).includes(form) ? form : formsOf(model)[0];
  if (shown === undefined) return [];
  return [`${words}, see [${model.displayName}](${pagePath(model, shown)}).`];
}
