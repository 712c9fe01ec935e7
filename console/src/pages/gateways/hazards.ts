import type { JsonObject } from '../../format/json-value.ts';
import { objectIn, textIn } from '../../format/json-value.ts';
import { withMember } from './settings-draft.ts';

/** Categories of hazards, as guardrails name them, with what they are about. */
export const hazards: readonly (readonly [category: string, name: string])[] = [
  ['S1', 'Violent crimes'],
  ['S2', 'Non-violent crimes'],
  ['S3', 'Sex-related crimes'],
  ['S4', 'Child sexual exploitation'],
  ['S5', 'Defamation'],
  ['S6', 'Specialized advice'],
  ['S7', 'Privacy'],
  ['S8', 'Intellectual property'],
  ['S9', 'Indiscriminate weapons'],
  ['S10', 'Hate'],
  ['S11', 'Suicide and self-harm'],
  ['S12', 'Sexual content'],
  ['S13', 'Elections'],
  ['P1', 'Prompt injection'],
];

/** Whose texts a rule is about. */
export type HazardSide = 'prompt' | 'response';

const sides: readonly HazardSide[] = ['prompt', 'response'];

/** What becomes of a text of a category; nothing where it is let through. */
export function hazardAction(settings: JsonObject, side: HazardSide, category: string): string {
  return textIn(objectIn(objectIn(settings, 'guardrails'), side), category);
}

/** Settings in which texts of a category are treated otherwise. Guardrails without a rule are none. */
export function withHazard(
  settings: JsonObject,
  { side, category }: { readonly side: HazardSide; readonly category: string },
  action: string,
): JsonObject {
  const before = objectIn(settings, 'guardrails');
  const rules = withMember(objectIn(before, side), category, action === '' ? undefined : action);
  const after: JsonObject = { prompt: {}, response: {}, ...before, [side]: rules };
  const isNone = sides.every((one) => Object.keys(objectIn(after, one)).length === 0);
  return withMember(settings, 'guardrails', isNone ? undefined : after);
}

/** How many rules there are for both sides together. */
export function hazardRules(settings: JsonObject): number {
  const guardrails = objectIn(settings, 'guardrails');
  return sides.reduce((sum, side) => sum + Object.keys(objectIn(guardrails, side)).length, 0);
}

/** Categories that are blocked and that nothing is configured to find: requests are refused for them. */
export function blindBlocks(settings: JsonObject, found: ReadonlySet<string>): readonly string[] {
  return hazards
    .map(([category]) => category)
    .filter(
      (category) =>
        !found.has(category) &&
        sides.some((side) => hazardAction(settings, side, category) === 'BLOCK'),
    );
}
