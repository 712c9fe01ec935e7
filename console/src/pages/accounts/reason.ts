const LETTERS_MIN = 3;

/** Whether it is long enough to be a reason for the books. */
export function isReason(text: string): boolean {
  return text.trim().length >= LETTERS_MIN;
}

/** What is said of it before anything was typed. */
export const REASON_HINT = 'For the books and the audit log; three letters at least.';
