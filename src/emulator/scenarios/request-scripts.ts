import type { ScenarioError, ScenarioFile, ScenarioStep } from '../../config/scenario.ts';
import type { Refusal } from '../../messages/errors.ts';
import { refusal } from '../../messages/errors.ts';
import type { UpstreamRequest } from '../../messages/upstream.ts';
import { parseJson, textOf } from '../../std/json.ts';
import type { CheckedRequest } from '../rules/rule.ts';
import { ruleTexts } from '../rules/rule-texts.ts';
import type { EmulatorFault } from './faults-as-scenarios.ts';
import { faultsAsScenarios } from './faults-as-scenarios.ts';
import { viewRequest } from './request-view.ts';
import { ScenarioEngine } from './scenario-engine.ts';
import { wholeError } from './scripted-error.ts';

const noScenarios: ScenarioFile = { strict: false, scenarios: [] };
const noStep: ScenarioStep = {};

/** An error that stands in for the answer, and the step that orders it. */
export interface OrderedError {
  readonly error: ScenarioError;
  readonly step: ScenarioStep;
}

/** What is scripted for requests: the faults of the configuration first, then the scenarios. */
export class RequestScripts {
  readonly #faults: ScenarioEngine;
  #scenarios: ScenarioEngine;

  constructor(faults: readonly EmulatorFault[], scenarios: ScenarioFile = noScenarios) {
    this.#faults = new ScenarioEngine({ strict: false, scenarios: faultsAsScenarios(faults) });
    this.#scenarios = new ScenarioEngine(scenarios);
  }

  /** Other scenarios from now on, each from its beginning; the faults go on. */
  use(scenarios: ScenarioFile): void {
    this.#scenarios = new ScenarioEngine(scenarios);
  }

  /** The error of a scenario that stands before the check of the request. */
  beforeValidation(request: UpstreamRequest): OrderedError | undefined {
    if (!this.#scenarios.has('before-validation')) return undefined;
    const body = parseJson(textOf(request.body));
    const view = viewRequest(request, body.kind === 'value' ? body.value : undefined);
    const step = this.#scenarios.choose(view, 'before-validation');
    const error = step === undefined ? undefined : wholeError(step, view.stream);
    return step === undefined || error === undefined ? undefined : { error, step };
  }

  /** What an accepted request gets; an empty step where nothing is scripted for it. */
  stepFor(request: UpstreamRequest, checked: CheckedRequest): ScenarioStep | Refusal {
    if (!this.#faults.has('accepted') && !this.#scenarios.has('accepted')) return noStep;
    const view = viewRequest(request, checked);
    const step = this.#faults.choose(view, 'accepted') ?? this.#scenarios.choose(view, 'accepted');
    if (step !== undefined) return step;
    if (!this.#scenarios.refuses(view)) return noStep;
    return refusal('invalid_request', ruleTexts.noScenario(view.model, this.#scenarios.summary));
  }
}
