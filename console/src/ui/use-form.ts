import { useState } from 'react';
import { ApiError } from '../api/api-error.ts';

/** The texts of a form's fields. */
export interface FormTexts<Name extends string> {
  readonly values: Readonly<Record<Name, string>>;
  readonly set: (name: Name, value: string) => void;
  /** Puts others in the place of all of them. */
  readonly fill: (values: Readonly<Record<Name, string>>) => void;
  readonly reset: () => void;
  /** What a text field needs to show and change one of them. */
  readonly bind: (name: Name) => {
    readonly value: string;
    readonly onChange: (event: { readonly target: { readonly value: string } }) => void;
  };
}

/** Keeps what is typed into a form. */
export function useForm<Name extends string>(
  initial: Readonly<Record<Name, string>>,
): FormTexts<Name> {
  const [values, setValues] = useState(initial);
  const set = (name: Name, value: string): void => {
    setValues((before) => ({ ...before, [name]: value }));
  };
  return {
    values,
    set,
    fill: setValues,
    reset: () => {
      setValues(initial);
    },
    bind: (name) => ({
      value: values[name],
      onChange: (event) => {
        set(name, event.target.value);
      },
    }),
  };
}

/** What was refused about one member of the request, for the field that it came from. */
export function errorAt(error: Error | null, ...members: readonly string[]): string | undefined {
  if (!(error instanceof ApiError) || error.param === undefined) return undefined;
  const { param, message } = error;
  if (!members.some((member) => param === member || param.startsWith(`${member}.`))) {
    return undefined;
  }
  // At the field itself nobody has to be told which one it is.
  const place = `${param}: `;
  const isPlaced = message.startsWith(place) && message.length > place.length;
  return isPlaced ? sentence(message.slice(place.length)) : message;
}

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

/** What is wrong with a whole number that is being typed; undefined where nothing is, and before anything was typed. */
export function wholeProblem(
  text: string,
  { min, max }: { readonly min: number; readonly max: number },
): string | undefined {
  if (text === '') return undefined;
  const isWhole = /^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max;
  const bounds = [min, max].map((bound) => bound.toLocaleString('en-US'));
  return isWhole ? undefined : `A whole number from ${bounds.join(' to ')} is wanted.`;
}

/** The lines of a text that say something. */
export function linesOf(text: string): readonly string[] {
  return text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** A local date and time of a form as an instant; undefined where nothing was typed. */
export function instantOf(local: string): string | undefined {
  return local === '' ? undefined : new Date(local).toISOString();
}
