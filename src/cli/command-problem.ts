import type { Complaint } from './terminal.ts';
import { complainOf } from './terminal.ts';

/** Why a command cannot do what it was asked, in words for whoever asked. */
export class CommandProblem extends Error {
  override readonly name = 'CommandProblem';
  readonly complaint: Complaint;

  /** What programs read of it may have a message of its own, beside a type that the words name. */
  constructor(words: string, more: Readonly<Record<string, unknown>> = {}) {
    super(words);
    this.complaint = { type: 'command_failed', message: words, ...more };
  }

  /** Says it, and makes the command end with a failure. */
  tell(): void {
    complainOf(this.complaint, this.message);
  }
}

/** What is wrong with what stands on the command line. */
export function usageProblem(words: string): CommandProblem {
  return new CommandProblem(words, { type: 'usage_error' });
}
