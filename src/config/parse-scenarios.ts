import { parseYaml } from './parse-yaml.ts';
import type { ScenarioFile } from './scenario.ts';
import { scenarioFileSchema } from './scenario-schema.ts';
import type { ConfigIssue } from './yaml-issues.ts';
import { describeIssue, lineOf, syntaxIssues } from './yaml-issues.ts';

const FILE_LETTERS_MAX = 16 * 1024 * 1024;

export type ParsedScenarios =
  | { readonly kind: 'scenarios'; readonly file: ScenarioFile }
  | { readonly kind: 'issues'; readonly issues: readonly ConfigIssue[] };

/** Reads a scenario file: everything that is wrong with it, each with its line, or what it means. */
export function parseScenarios(name: string, text: string): ParsedScenarios {
  if (text.length > FILE_LETTERS_MAX) {
    const message = `longer than ${String(FILE_LETTERS_MAX)} letters`;
    return { kind: 'issues', issues: [{ where: name, path: '', message }] };
  }
  const { document, lines, value } = parseYaml(text);
  const broken = syntaxIssues(document, name);
  if (broken.length > 0) return { kind: 'issues', issues: broken };
  const checked = scenarioFileSchema.safeParse(value ?? {});
  if (checked.success) return { kind: 'scenarios', file: checked.data };
  const place = (path: readonly PropertyKey[]): string =>
    `${name}:${String(lineOf(document, lines, path))}`;
  return {
    kind: 'issues',
    issues: checked.error.issues.map((issue) => describeIssue(issue, place)),
  };
}
