import type { ReactElement } from 'react';
import type { GatewayAnswer } from '../../../../src/admin/contract-operations.ts';
import { ConflictNote } from '../../drafts/conflict-note.tsx';
import { SaveBar } from '../../drafts/save-bar.tsx';
import { WhoChangedGateway } from './who-changed-gateway.tsx';
import type { SettingsDraft, SettingsSaving } from './use-settings-draft.ts';

/** Settings that are not saved yet. */
export function SettingsBar(props: {
  readonly gateway: GatewayAnswer;
  readonly saving: SettingsSaving;
}): ReactElement | null {
  const { gateway, saving } = props;
  const { draft } = saving;
  if (!draft.isDirty) return null;
  const canSave = draft.settings !== undefined;
  return (
    <SaveBar
      saving={saving}
      canSave={canSave}
      conflict={
        <ConflictNote saving={saving} canSave={canSave}>
          {changeText('you began', draft.changedByOthers)} <WhoChangedGateway gateway={gateway} />
        </ConflictNote>
      }
    >
      {draftText(draft)}
    </SaveBar>
  );
}

/** What others did to a gateway since the reader did something. */
export function changeText(since: string, changed: readonly string[]): string {
  return changed.length === 0
    ? `Somebody else made this gateway anew since ${since}.`
    : `Somebody else changed this gateway since ${since}: ${changed.join(', ')}.`;
}

function draftText({ settings, changed }: SettingsDraft): string {
  if (settings === undefined) return 'The JSON is no object.';
  return `Changed: ${changed.join(', ')}`;
}
