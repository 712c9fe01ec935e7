/** Callers choose the names of models; what nobody configured or lists is no label. */
const OTHER = 'other';
const NONE = 'none';
const NAMES_MAX = 500;
/** Names that were looked up, known or not: those that callers make up push out no others for long. */
const REMEMBERED_MAX = 5000;

/** What models are called in metrics: as many names as there are, however many are made up. */
export class ModelLabels {
  readonly #nameOf: (asked: string) => string | undefined;
  readonly #labels = new Map<string, string>();
  readonly #names = new Set<string>();

  /** `nameOf` says what a model is called that is known; undefined for any other. */
  constructor(nameOf: (asked: string) => string | undefined) {
    this.#nameOf = nameOf;
  }

  of(asked: string | undefined): string {
    if (asked === undefined) return NONE;
    const known = this.#labels.get(asked);
    if (known !== undefined) return known;
    const label = this.#bounded(this.#nameOf(asked) ?? OTHER);
    if (this.#labels.size >= REMEMBERED_MAX) this.#labels.clear();
    this.#labels.set(asked, label);
    return label;
  }

  #bounded(name: string): string {
    if (this.#names.has(name)) return name;
    if (this.#names.size >= NAMES_MAX) return OTHER;
    this.#names.add(name);
    return name;
  }
}
