import type { BilledName } from './billed-outcomes.ts';

/** How a request ended, as far as its bill asks. */
export type Ending =
  | 'replayed'
  | 'withheld'
  | 'answered'
  | 'client_gone'
  | 'stopped'
  | 'broken'
  | 'refused'
  | 'failed';

/** What tells one ending from another, while it runs and in its row of the log. */
export interface EndedAs {
  readonly status: number;
  /** Absent where it was answered in full. */
  readonly errorCode?: string | undefined;
  /** Whether the answer was made for an earlier request. */
  readonly isGivenAgain: boolean;
  /** Whether it was produced, and a rule of the gateway kept it from its caller. */
  readonly isWithheld: boolean;
}

/** The one place that tells one ending from the other. */
export function endingOf({ status, errorCode, isGivenAgain, isWithheld }: EndedAs): Ending {
  if (isGivenAgain) return 'replayed';
  if (errorCode === undefined) return 'answered';
  if (errorCode === 'client_gone') return 'client_gone';
  if (status < 400) return errorCode === 'billing' ? 'stopped' : 'broken';
  if (status >= 500) return 'failed';
  return isWithheld ? 'withheld' : 'refused';
}

/** The row of the "billed?" table that an ending is, by what its row of the log has besides. */
export function billedNameOfEnding(
  ending: Ending,
  { hadContent, isEmpty }: { readonly hadContent: boolean; readonly isEmpty: boolean },
): BilledName {
  switch (ending) {
    case 'client_gone':
      return hadContent ? 'left_after_content' : 'left_before_content';
    case 'answered':
      return isEmpty ? 'empty' : 'answered';
    case 'withheld':
      return 'answered';
    case 'replayed':
    case 'stopped':
    case 'broken':
    case 'refused':
    case 'failed':
      return ending;
  }
}
