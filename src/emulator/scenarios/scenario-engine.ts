import type { Scenario, ScenarioFile, ScenarioStep } from '../../config/scenario.ts';
import { compileMatch } from './match-scenario.ts';
import type { RequestView } from './request-view.ts';

/** A scenario and how many requests it has answered. */
interface LiveScenario {
  readonly scenario: Scenario;
  readonly steps: readonly ScenarioStep[];
  readonly timesMax: number;
  readonly matches: (view: RequestView) => boolean;
  used: number;
}

/** Where a request stands: before its check, or accepted. */
export type ScenarioPhase = 'before-validation' | 'accepted';

/** Chooses what a request gets by the scenarios, the first that matches and is not used up. */
export class ScenarioEngine {
  readonly #live: readonly LiveScenario[];
  readonly #isStrict: boolean;

  constructor({ strict, scenarios }: ScenarioFile) {
    this.#isStrict = strict;
    this.#live = scenarios.map((scenario) => {
      const { times, then = [], match } = scenario;
      const steps = [scenario, ...then];
      const timesMax = times ?? (then.length > 0 ? steps.length : Infinity);
      return { scenario, steps, timesMax, matches: compileMatch(match), used: 0 };
    });
  }

  /** Whether there is a say in a phase: else nobody need look at the request. */
  has(phase: ScenarioPhase): boolean {
    const isRefused = this.#isStrict && phase === 'accepted';
    return isRefused || this.#live.some((live) => phaseOf(live) === phase);
  }

  /** The step for a request; it counts as used. A script that may go on after its end starts anew. */
  choose(view: RequestView, phase: ScenarioPhase): ScenarioStep | undefined {
    const live = this.#live.find(
      (candidate) =>
        phaseOf(candidate) === phase &&
        candidate.used < candidate.timesMax &&
        candidate.matches(view),
    );
    if (live === undefined) return undefined;
    const step = live.steps[live.used % live.steps.length];
    live.used += 1;
    return step;
  }

  /** Whether a request that no scenario matched is refused. */
  refuses({ operation }: RequestView): boolean {
    return this.#isStrict && operation === 'messages.create';
  }

  /** What a refused request is told: which scenarios there are, and which have had their turns. */
  get summary(): string {
    const names = this.#live.map(({ scenario: { name }, used, timesMax }) =>
      used < timesMax ? name : `${name} (used up)`,
    );
    return names.length === 0 ? 'none' : names.join(', ');
  }
}

function phaseOf({ scenario }: LiveScenario): ScenarioPhase {
  return scenario.before_validation === true ? 'before-validation' : 'accepted';
}
