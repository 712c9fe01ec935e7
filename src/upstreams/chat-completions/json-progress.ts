/** Follows JSON text that comes in pieces: whether the object that it begins with is whole. */
export class JsonProgress {
  #depth = 0;
  #inString = false;
  #isEscaped = false;
  #hasOpened = false;

  /** Whether every bracket that was opened is closed again. */
  get isWhole(): boolean {
    return this.#hasOpened && this.#depth === 0;
  }

  take(piece: string): void {
    for (const letter of piece) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (this.#inString && letter === '\\') this.#isEscaped = true;
      else if (letter === '"') this.#inString = !this.#inString;
      else if (!this.#inString) this.#takeBracket(letter);
    }
  }

  #takeBracket(letter: string): void {
    if (letter === '{' || letter === '[') {
      this.#depth += 1;
      this.#hasOpened = true;
    } else if (letter === '}' || letter === ']') {
      this.#depth -= 1;
    }
  }
}
