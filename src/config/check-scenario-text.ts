import type { Document } from 'yaml';
import { parseYaml } from './parse-yaml.ts';
import type { ScenarioFile } from './scenario.ts';
import { scenarioFileSchema } from './scenario-schema.ts';
import { describeIssue, positionOf, syntaxIssues } from './yaml-issues.ts';

/** What is wrong with a text, and where; from 1. */
export interface ScenarioProblem {
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly message: string;
}

/** What a text of scenarios says, or what is wrong with it. */
export interface CheckedScenarios {
  /** Undefined where there are problems. */
  readonly file: ScenarioFile | undefined;
  readonly problems: readonly ScenarioProblem[];
  /** The line of each scenario of `file`. */
  readonly lines: readonly number[];
}

/** Reads a text of scenarios for an editor: as a file is read, with columns. */
export function checkScenarioText(text: string): CheckedScenarios {
  const { document, lines, value } = parseYaml(text);
  const broken = brokenAt(document);
  if (broken.length > 0) return { file: undefined, problems: broken, lines: [] };
  const checked = scenarioFileSchema.safeParse(value ?? {});
  const lineOfScenario = (index: number): number =>
    positionOf(document, lines, ['scenarios', index]).line;
  if (checked.success) {
    const { scenarios } = checked.data;
    return {
      file: checked.data,
      problems: [],
      lines: scenarios.map((_, index) => lineOfScenario(index)),
    };
  }
  const problems = checked.error.issues.map((issue) => {
    const { path, message } = describeIssue(issue, () => '');
    const isUnknown = issue.code === 'unrecognized_keys';
    const place = isUnknown ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
    const { line, col } = positionOf(document, lines, place);
    return { line, column: col, path, message };
  });
  return { file: undefined, problems, lines: [] };
}

/** What keeps the text from being read as options at all. */
function brokenAt(document: Document): readonly ScenarioProblem[] {
  return syntaxIssues(document, '').map(({ message }, index) => {
    const { line = 1, col = 1 } = document.errors[index]?.linePos?.[0] ?? {};
    return { line, column: col, path: '', message };
  });
}
