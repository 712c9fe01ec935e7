import type { ScenariosAnswer } from '../../../../src/admin/contract-exchanges.ts';
import type { SavedForm, Saving } from '../../drafts/use-saving.ts';
import { useSaving } from '../../drafts/use-saving.ts';
import { SCENARIOS } from './scenarios-path.ts';

const scenarioForm: SavedForm<ScenariosAnswer> = {
  path: SCENARIOS,
  textOf: ({ text }) => text,
  says: (text, shown) => text === shown.text,
  bodyOf: (text) => ({ text }),
  changedCode: 'scenarios_changed',
  changes: [SCENARIOS],
  done: 'The scenarios are saved.',
};

/** The file of scenarios, which editors and other operators change too, and what becomes of a draft of it. */
export function useScenarioDraft(answer: ScenariosAnswer): Saving<ScenariosAnswer> {
  return useSaving(answer, scenarioForm);
}
