import type { AnswerPiece, ChatAnswer } from './chat-answer.ts';
import { tokensOf } from './chat-answer.ts';
import { usdShort } from './draw-top.ts';
import type { Paint } from './paint.ts';
import { counted, durationText } from './progress.ts';

/** Where a chat writes: the answer alone to one place, what is said of it to the other. */
export interface ChatOut {
  readonly answer: (text: string) => void;
  readonly aside: (text: string) => void;
  /** Whether both are one terminal, so that lines of one end before the other writes. */
  readonly isShared: boolean;
  readonly paint: Paint;
}

const controls = /[\p{Cc}\u{202A}-\u{202E}\u{2066}-\u{2069}]/gu;

/** Shows an answer as it streams: text as it is, thinking dim, calls of tools by name. */
export class ChatView {
  readonly #out: ChatOut;
  #kind: AnswerPiece['kind'] | undefined;
  #answerIsMidLine = false;
  #asideIsMidLine = false;

  constructor(out: ChatOut) {
    this.#out = out;
  }

  piece(piece: AnswerPiece): void {
    const { paint, isShared } = this.#out;
    // What a model writes may be of somebody else's making: a terminal must not act on it.
    const text = isShared ? piece.text.replace(controls, keptControl) : piece.text;
    if (text === '') return;
    if (this.#kind !== undefined && this.#kind !== piece.kind && piece.kind !== 'arguments') {
      this.#endLine();
    }
    this.#kind = piece.kind;
    switch (piece.kind) {
      case 'text':
        this.#answer(text);
        return;
      case 'thinking':
        this.#aside(paint.dim(text), text);
        return;
      case 'call':
        this.#endLine();
        this.#aside(paint.accent(`→ ${text} `), text);
        return;
      case 'arguments':
        this.#aside(paint.dim(text), text);
    }
  }

  /** The answer is over: a line says what it took. */
  end(answer: ChatAnswer): void {
    this.#endLine();
    this.#out.aside(`${this.#out.paint.dim(closingLine(answer))}\n`);
    this.#kind = undefined;
  }

  /** It ended without an answer. */
  stop(): void {
    this.#endLine();
    this.#kind = undefined;
  }

  #answer(text: string): void {
    this.#out.answer(text);
    this.#answerIsMidLine = !text.endsWith('\n');
  }

  #aside(painted: string, text: string): void {
    this.#out.aside(painted);
    this.#asideIsMidLine = !text.endsWith('\n');
  }

  #endLine(): void {
    if (this.#answerIsMidLine) this.#out.answer('\n');
    if (this.#asideIsMidLine) this.#out.aside('\n');
    this.#answerIsMidLine = false;
    this.#asideIsMidLine = false;
  }
}

function keptControl(letter: string): string {
  return letter === '\n' || letter === '\t' ? letter : '\u{FFFD}';
}

/** How an answer ended, what it used, what it cost and how long it took. */
export function closingLine(answer: ChatAnswer): string {
  const { stopReason, usage, cost, isInterrupted, firstMs, totalMs } = answer;
  const { input, output, cached } = tokensOf(usage);
  const nano = cost?.['cost_nano_usd'];
  const parts = [
    isInterrupted ? 'stopped' : (stopReason ?? 'ended'),
    ...(input === undefined ? [] : [`${counted(input)} tokens in`]),
    ...(cached === undefined || cached === 0 ? [] : [`${counted(cached)} cached`]),
    ...(output === undefined ? [] : [`${counted(output)} out`]),
    ...(typeof nano === 'string' ? [usdShort(BigInt(nano))] : []),
    ...(firstMs === undefined ? [] : [`first after ${durationText(firstMs)}`]),
    durationText(totalMs),
  ];
  return `(${parts.join(', ')})`;
}
