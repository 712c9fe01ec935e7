import { useState } from 'react';
import type { GatewayAnswer } from '../../../../src/admin/contract-operations.ts';
import type { JsonObject } from '../../format/json-value.ts';
import { jsonObjectIn } from '../../format/json-value.ts';
import { changedMembers, isSame, settable } from './settings-draft.ts';

/** Settings that are being changed: as text for those who write JSON, as an object for the form. */
export interface SettingsDraft {
  readonly text: string;
  /** Undefined while the text is no object in JSON. */
  readonly settings: JsonObject | undefined;
  /** Members that are others than in force. */
  readonly changed: readonly string[];
  readonly isDirty: boolean;
  /** Of the settings that this was begun with: what is saved takes the place of those alone. */
  readonly etag: string;
  /** Somebody else changed the gateway since this was begun. */
  readonly isStale: boolean;
  /** Members that are others in force than this was begun with. */
  readonly changedByOthers: readonly string[];
  readonly setText: (text: string) => void;
  readonly setSettings: (settings: JsonObject) => void;
  readonly discard: () => void;
  /** A text was saved: what was typed since then goes on from what was made of it. */
  readonly saved: (text: string, made: GatewayAnswer) => void;
}

interface Begun {
  readonly text: string;
  /** The gateway as it was. */
  readonly from: GatewayAnswer;
}

/** One draft for the form and for the JSON: what is in force until somebody changes something. */
export function useSettingsDraft(gateway: GatewayAnswer): SettingsDraft {
  const [begun, setDraft] = useState<Begun>();
  const draft = begun !== undefined && isOver(begun, gateway) ? undefined : begun;
  const from = draft?.from ?? gateway;
  const inForce = settable(gateway.settings);
  const text = draft?.text ?? asText(inForce);
  const drafted = jsonObjectIn(text);
  const changed = drafted === undefined ? [] : changedMembers(inForce, drafted);
  const isDirty = drafted === undefined || changed.length > 0;
  const setText = (next: string): void => {
    // What is as in force again begins anew with the next change.
    setDraft({ text: next, from: isDirty ? from : gateway });
  };
  return {
    text,
    settings: drafted,
    changed,
    isDirty,
    etag: from.etag,
    isStale: isDirty && from.etag !== gateway.etag,
    changedByOthers: changedMembers(settable(from.settings), inForce),
    setText,
    setSettings: (next) => {
      setText(asText(next));
    },
    discard: () => {
      setDraft(undefined);
    },
    saved: (sent, made) => {
      setDraft((now) =>
        now === undefined || now.text === sent ? undefined : { text: now.text, from: made },
      );
    },
  };
}

/** Nothing of it is left to save, and what it was begun with is in force no more. */
function isOver({ text, from }: Begun, { etag }: GatewayAnswer): boolean {
  const says = jsonObjectIn(text);
  return from.etag !== etag && says !== undefined && isSame(settable(from.settings), says);
}

function asText(settings: JsonObject): string {
  return JSON.stringify(settings, undefined, 2);
}
