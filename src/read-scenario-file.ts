import { secretSources } from './cli/load-config.ts';
import { parseScenarios } from './config/parse-scenarios.ts';
import type { ScenarioFile } from './config/scenario.ts';
import { issueText } from './config/yaml-issues.ts';
import { StartProblem } from './start-problem.ts';

/** The scenarios of a file; what is wrong with it is a problem of the start. */
export function readScenarioFile(path: string): ScenarioFile {
  return readScenarios(path, secretSources.readFile).file;
}

/** The same with the text, through whatever reads files; without a path there are none. */
export function readScenarios(
  path: string | undefined,
  readFile: (path: string) => string | undefined,
): { readonly text: string; readonly file: ScenarioFile } {
  if (path === undefined) return { text: '', file: { strict: false, scenarios: [] } };
  const text = readFile(path);
  if (text === undefined) throw new StartProblem(`emulator.scenarios_file: ${path} cannot be read`);
  const parsed = parseScenarios(path, text);
  if (parsed.kind === 'scenarios') return { text, file: parsed.file };
  const lines = parsed.issues.map((issue) => `  ${issueText(issue)}`);
  throw new StartProblem(`the scenarios are not valid:\n${lines.join('\n')}`);
}
