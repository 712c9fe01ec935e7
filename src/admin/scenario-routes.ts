import { z } from 'zod';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { ApiRoute } from './api-route.ts';
import { questionRoute, readRoute, writeRoute } from './api-route.ts';
import type {
  ScenarioCheckAnswer,
  ScenarioCheckBody,
  ScenarioSummary,
  ScenarioWriteBody,
  ScenariosAnswer,
  TextProblem,
} from './contract-exchanges.ts';
import { ETAG_LETTERS, etagOf } from './etag-of.ts';
import type { ScenarioDesk } from './explorer-parts.ts';

const SCENARIOS = '/admin/v1/scenarios';
const access = { kind: 'admin' } as const;
/** What a body of this API may have; longer files are for an editor. */
const LETTERS_MAX = 200_000;

const problemShape: z.ZodType<TextProblem> = z.object({
  line: z.int().positive(),
  column: z.int().positive(),
  path: z.string(),
  message: z.string(),
});
const summaryShape: z.ZodType<ScenarioSummary> = z.object({
  name: z.string(),
  line: z.int().positive(),
  steps: z.int().positive(),
  times: z.int().nullable(),
  has_match: z.boolean(),
  faults: z.int().nonnegative(),
});
const checkShape: z.ZodType<ScenarioCheckAnswer> = z.object({
  ok: z.boolean(),
  problems: z.array(problemShape),
  scenarios: z.array(summaryShape),
});
const scenariosShape: z.ZodType<ScenariosAnswer> = z.object({
  path: z.string().nullable(),
  is_writable: z.boolean(),
  text: z.string(),
  etag: z.string(),
  strict: z.boolean(),
  scenarios: z.array(summaryShape),
  problems: z.array(problemShape),
  in_force: z.array(z.string()),
});
const textField = z.string().max(LETTERS_MAX);
const checkBody: z.ZodType<ScenarioCheckBody> = z.strictObject({ text: textField });
const writeBody: z.ZodType<ScenarioWriteBody> = z.strictObject({
  text: textField,
  etag: z
    .string()
    .max(ETAG_LETTERS)
    .describe('That of the text which this one takes the place of.'),
});

/** The scenarios that the emulator plays. */
export const scenarioRoutes: readonly ApiRoute[] = [
  readRoute({
    method: 'GET',
    path: SCENARIOS,
    operationId: 'getScenarios',
    summary: 'The file of scenarios, what it says, and what the emulator plays.',
    access,
    answer: scenariosShape,
    read: ({ parts }) => showScenarios(parts.explorer.scenarios),
  }),
  questionRoute({
    method: 'POST',
    path: `${SCENARIOS}/check`,
    operationId: 'checkScenarios',
    summary: 'What is wrong with a text of scenarios; nothing is written.',
    access,
    body: checkBody,
    answer: checkShape,
    ask: ({ parts, body: { text } }) => {
      const { ok, problems, scenarios } = parts.explorer.scenarios.check(text);
      return { ok, problems, scenarios };
    },
  }),
  writeRoute({
    method: 'PUT',
    path: SCENARIOS,
    operationId: 'writeScenarios',
    summary: 'Puts another text in the place of the file, which the emulator then takes over.',
    access,
    body: writeBody,
    answer: scenariosShape,
    write: ({ parts, body: { text, etag } }) => {
      const desk = parts.explorer.scenarios;
      // First what takes its time: others write the file too, and not between a look at it and the write.
      const { problems } = desk.check(text);
      const before = desk.read() ?? '';
      const refused = writeScenarios(desk, { text, etag, before, problems });
      if (refused !== undefined) return refused;
      const answer = showScenarios(desk);
      // What stands in a scenario may be anything: the log has its digest.
      const after = { etag: answer.etag, letters: text.length };
      const note = { action: 'scenarios.write', subject: answer.path ?? 'scenarios' };
      const was = { etag: etagOf(before), letters: before.length };
      return { kind: 'done', answer, note: { ...note, before: was, after } };
    },
  }),
];

/** A text that was checked, for the place of the one that the file has. */
interface CheckedWrite extends ScenarioWriteBody {
  readonly before: string;
  readonly problems: readonly TextProblem[];
}

function writeScenarios(
  desk: ScenarioDesk,
  { text, etag, before, problems }: CheckedWrite,
): Refusal | undefined {
  if (desk.path() === undefined) {
    const said = 'Set emulator.scenarios_file in the configuration: there is no file to write.';
    return refusal('conflict', said, { reason: 'no_scenarios_file' });
  }
  if (etag !== etagOf(before)) {
    const said = 'The file has changed meanwhile: read it again.';
    return refusal('conflict', said, { reason: 'scenarios_changed' });
  }
  const [first] = problems;
  if (first !== undefined) {
    const place = `line ${String(first.line)}, column ${String(first.column)}`;
    const said = `text: ${place}: ${[first.path, first.message].filter(Boolean).join(': ')}`;
    return refusal('invalid_request', said, { param: 'text' });
  }
  return desk.write(text);
}

function showScenarios(desk: ScenarioDesk): ScenariosAnswer {
  const path = desk.path();
  const text = desk.read() ?? '';
  const { problems, scenarios, strict } = desk.check(text);
  return {
    path: path ?? null,
    is_writable: path !== undefined,
    text,
    etag: etagOf(text),
    strict,
    scenarios,
    problems,
    in_force: desk.inForce(),
  };
}
