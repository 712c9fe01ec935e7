import type { Script } from './scripted-upstream.ts';
import { answersWith } from './start-billed-gateway.ts';

/** Requests at an upstream that wait for their answers until the test lets them have them. */
export class HeldAnswers {
  readonly #waiting: (() => void)[] = [];
  /** For the upstream. */
  readonly script: Script;

  constructor(answer: Script = answersWith({ input_tokens: 87, output_tokens: 24 })) {
    this.script = (...asking) => {
      this.#waiting.push(() => {
        answer(...asking);
      });
    };
  }

  get count(): number {
    return this.#waiting.length;
  }

  release(): void {
    for (const answer of this.#waiting.splice(0)) answer();
  }
}
