import { useState } from 'react';
import type { GatewayAnswer } from '../../../../src/admin/contract-operations.ts';
import type { JsonObject } from '../../format/json-value.ts';
import { jsonObjectIn } from '../../format/json-value.ts';
import { changedMembers, settable } from './settings-draft.ts';

/** Settings that are being changed: as text for those who write JSON, as an object for the form. */
export interface SettingsDraft {
  readonly text: string;
  /** Undefined while the text is no object in JSON. */
  readonly settings: JsonObject | undefined;
  /** Members that are others than in force. */
  readonly changed: readonly string[];
  readonly isDirty: boolean;
  /** Somebody else changed the gateway since this was begun. */
  readonly isStale: boolean;
  readonly setText: (text: string) => void;
  readonly setSettings: (settings: JsonObject) => void;
  readonly discard: () => void;
}

/** One draft for the form and for the JSON: what is in force until somebody changes something. */
export function useSettingsDraft({ settings, modified_at }: GatewayAnswer): SettingsDraft {
  const [draft, setDraft] = useState<{ readonly text: string; readonly begunAt: string }>();
  const inForce = settable(settings);
  const text = draft?.text ?? asText(inForce);
  const drafted = jsonObjectIn(text);
  const changed = drafted === undefined ? [] : changedMembers(inForce, drafted);
  const isDirty = drafted === undefined || changed.length > 0;
  const setText = (next: string): void => {
    // What is as in force again begins anew with the next change.
    const begunAt = isDirty ? (draft?.begunAt ?? modified_at) : modified_at;
    setDraft({ text: next, begunAt });
  };
  return {
    text,
    settings: drafted,
    changed,
    isDirty,
    isStale: isDirty && draft !== undefined && draft.begunAt !== modified_at,
    setText,
    setSettings: (next) => {
      setText(asText(next));
    },
    discard: () => {
      setDraft(undefined);
    },
  };
}

function asText(settings: JsonObject): string {
  return JSON.stringify(settings, undefined, 2);
}
