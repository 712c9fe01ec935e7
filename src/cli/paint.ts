/** Colours of a terminal, or none of them. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly green: (text: string) => string;
  readonly accent: (text: string) => string;
}

const escape = (code: number, end: number) => (text: string) =>
  text === '' ? '' : `\u{1B}[${String(code)}m${text}\u{1B}[${String(end)}m`;
const plainly = (text: string): string => text;

const coloured: Paint = {
  bold: escape(1, 22),
  dim: escape(2, 22),
  red: escape(31, 39),
  yellow: escape(33, 39),
  green: escape(32, 39),
  accent: escape(35, 39),
};

/** Leaves every text as it is. */
export const plain: Paint = {
  bold: plainly,
  dim: plainly,
  red: plainly,
  yellow: plainly,
  green: plainly,
  accent: plainly,
};

/** What is asked of colours, by the command line and around it. */
export interface PaintWanted {
  /** False with `--no-color`. */
  readonly color?: boolean;
  readonly isTerminal: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The colours to write with: none where nobody sees them or somebody does not want them (no-color.org). */
export function paintFor({ color, isTerminal, env }: PaintWanted): Paint {
  const { NO_COLOR = '', TERM } = env;
  const isWanted = isTerminal && color !== false && NO_COLOR === '' && TERM !== 'dumb';
  return isWanted ? coloured : plain;
}
