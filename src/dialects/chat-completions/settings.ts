/** How the form behaves where the services that offer it differ. */
export interface ChatCompletionsSettings {
  /**
   * Where two of them differ: `aimlapi` takes temperatures up to 1 and any number of stops,
   * `openai` takes temperatures up to 2, of which those above 1 count as 1, and at most four stops.
   */
  readonly flavour: 'aimlapi' | 'openai';
  /** Answers say what they cost in credits of 500 nano-USD; absent where they do not. */
  readonly credits?: CreditSettings | undefined;
}

export interface CreditSettings {
  /** On top of the list price. */
  readonly markup_percent: number;
}
