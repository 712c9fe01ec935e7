import type {
  GatewayAnswer,
  GatewayReplaceBody,
} from '../../../../src/admin/contract-operations.ts';
import type { Draft } from '../../drafts/use-draft.ts';
import type { SavedForm, Saving } from '../../drafts/use-saving.ts';
import { useSaving } from '../../drafts/use-saving.ts';
import type { JsonObject } from '../../format/json-value.ts';
import { jsonObjectIn } from '../../format/json-value.ts';
import { gatewayPath } from './gateway-dialogs.tsx';
import { changedMembers, isSame, settable } from './settings-draft.ts';

/** Settings that are being changed: as text for those who write JSON, as an object for the form. */
export interface SettingsDraft extends Draft<GatewayAnswer> {
  /** Undefined while the text is no object in JSON. */
  readonly settings: JsonObject | undefined;
  /** Members that are others than in force. */
  readonly changed: readonly string[];
  /** Members that are others in force than this was begun with. */
  readonly changedByOthers: readonly string[];
  readonly setSettings: (settings: JsonObject) => void;
}

/** The same, and what becomes of it. */
export interface SettingsSaving extends Saving<GatewayAnswer> {
  readonly draft: SettingsDraft;
}

/** One draft for the form and for the JSON: what is in force until somebody changes something. */
export function useSettingsDraft(gateway: GatewayAnswer): SettingsSaving {
  const saving = useSaving(gateway, {
    ...settingsForm,
    path: gatewayPath(gateway.account, gateway.id),
  });
  const { draft } = saving;
  const inForce = settable(gateway.settings);
  const settings = jsonObjectIn(draft.text);
  return {
    ...saving,
    draft: {
      ...draft,
      settings,
      changed: settings === undefined ? [] : changedMembers(inForce, settings),
      changedByOthers: membersChanged(draft.from, gateway),
      setSettings: (next) => {
        draft.setText(asText(next));
      },
    },
  };
}

/** Settings that somebody can change, and that are others than before. */
export function membersChanged(before: GatewayAnswer, now: GatewayAnswer): readonly string[] {
  return changedMembers(settable(before.settings), settable(now.settings));
}

const settingsForm: Omit<SavedForm<GatewayAnswer>, 'path'> = {
  textOf: ({ settings }) => asText(settable(settings)),
  says: (text, { settings }) => {
    const says = jsonObjectIn(text);
    return says !== undefined && isSame(settable(settings), says);
  },
  bodyOf: (text): Omit<GatewayReplaceBody, 'etag'> | undefined => jsonObjectIn(text),
  changedCode: 'gateway_changed',
  changes: ['/admin/v1/gateways'],
  done: 'The gateway was changed.',
};

function asText(settings: JsonObject): string {
  return JSON.stringify(settings, undefined, 2);
}
