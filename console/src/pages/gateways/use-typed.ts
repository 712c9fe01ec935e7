import { useState } from 'react';
import type { JsonValue } from '../../format/json-value.ts';
import { isSame } from './settings-draft.ts';

/** How a value is shown as text, and read out of it. */
export interface TextForm {
  readonly print: (value: JsonValue | undefined) => string;
  readonly read: (text: string) => JsonValue;
}

/**
 * The text of a field whose value is kept elsewhere. What was typed stays, with its empty lines and its
 * final point, as long as it means that value; where the value became another one, that is shown.
 */
export function useTyped(
  value: JsonValue | undefined,
  { print, read }: TextForm,
): readonly [text: string, type: (text: string) => JsonValue] {
  const [typed, setTyped] = useState(() => print(value));
  const text = isSame(read(typed), value) ? typed : print(value);
  const type = (next: string): JsonValue => {
    setTyped(next);
    return read(next);
  };
  return [text, type];
}
