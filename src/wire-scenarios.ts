import { resolve as resolvePath } from 'node:path';
import type { ScenarioSummary } from './admin/contract-exchanges.ts';
import type { ScenarioDesk } from './admin/explorer-parts.ts';
import type { CheckedScenarios } from './config/check-scenario-text.ts';
import { checkScenarioText } from './config/check-scenario-text.ts';
import type { Config } from './config/config.ts';
import type { Scenario } from './config/scenario.ts';
import { refusal } from './messages/errors.ts';
import { readTextFile, replaceTextFile } from './store/text-file.ts';
import type { Log } from './telemetry/log.ts';

export interface ScenarioWiring {
  readonly configNow: () => Config;
  /** The text that the emulator plays. */
  readonly playedText: () => string;
  readonly log: Log;
}

/** The file of scenarios, for an operator who works on it. */
export function wireScenarioDesk({ configNow, playedText, log }: ScenarioWiring): ScenarioDesk {
  const path = (): string | undefined => configNow().emulator.scenarios_file;
  return {
    path,
    read: () => {
      const file = path();
      return file === undefined ? undefined : readTextFile(resolvePath(file));
    },
    inForce: () => checkScenarioText(playedText()).file?.scenarios.map(({ name }) => name) ?? [],
    check: (text) => {
      const checked = checkScenarioText(text);
      const { problems, file } = checked;
      return {
        ok: problems.length === 0,
        problems,
        scenarios: summariesOf(checked),
        strict: file?.strict ?? false,
      };
    },
    write: (text) => {
      const file = path();
      if (file === undefined) return refusal('conflict');
      try {
        replaceTextFile(resolvePath(file), text);
        return undefined;
      } catch (error) {
        log.error('scenarios_not_written', { path: file, reason: String(error) });
        const said = `${file} cannot be written: whoever runs the gateway may not write there.`;
        return refusal('conflict', said, { reason: 'scenarios_not_writable' });
      }
    },
  };
}

function summariesOf({ file, lines }: CheckedScenarios): ScenarioSummary[] {
  return (file?.scenarios ?? []).map((scenario, index) => summaryOf(scenario, lines[index] ?? 1));
}

function summaryOf(scenario: Scenario, line: number): ScenarioSummary {
  const { name, times, match, faults = [], then = [] } = scenario;
  const later = then.reduce((sum, step) => sum + (step.faults?.length ?? 0), 0);
  return {
    name,
    line,
    steps: 1 + then.length,
    times: times ?? null,
    has_match: match !== undefined,
    faults: faults.length + later,
  };
}
