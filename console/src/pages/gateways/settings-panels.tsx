import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import type { SettingsAnswer } from '../../../../src/admin/contract-operations.ts';
import { callApi } from '../../api/call-api.ts';
import type { JsonObject } from '../../format/json-value.ts';
import { isJsonObject, objectIn, textIn } from '../../format/json-value.ts';
import { Card } from '../../ui/card.tsx';
import { TextAreaField } from '../../ui/field.tsx';
import { Stack } from '../../ui/stack.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { DataLossFields } from './data-loss-fields.tsx';
import { GroupCard } from './general-fields.tsx';
import { settingGroups } from './general-settings.ts';
import styles from './gateways.module.css';
import { GuardrailFields } from './guardrail-fields.tsx';
import type { SettingsForm } from './setting-fields.tsx';
import { refusedAt } from './settings-draft.ts';
import { SpendFields } from './spend-fields.tsx';
import type { SettingsDraft } from './use-settings-draft.ts';

const SETTINGS = '/admin/v1/settings';
const JSON_ROWS = 26;

interface PanelProps {
  readonly draft: SettingsDraft;
  readonly refused: Parameters<typeof refusedAt>[0];
}

/** Every setting of a gateway, a field each. */
export function FormPanel({ draft, refused }: PanelProps): ReactElement {
  const { found, profiles } = useDetection();
  if (draft.settings === undefined) {
    return (
      <EmptyState title="The JSON is no object">
        The form shows the settings again once what stands under JSON can be read.
      </EmptyState>
    );
  }
  const form: SettingsForm = {
    settings: draft.settings,
    onChange: draft.setSettings,
    refused: (place) => refusedAt(refused, place),
  };
  return (
    <Stack>
      <div className={styles['groups']}>
        {settingGroups.map((group) => (
          <GroupCard key={group.title} group={group} form={form} />
        ))}
      </div>
      <GuardrailFields form={form} found={found} />
      <DataLossFields form={form} profiles={profiles} />
      <SpendFields form={form} />
    </Stack>
  );
}

/** The same settings as JSON. */
export function JsonPanel({ draft }: { readonly draft: SettingsDraft }): ReactElement {
  return (
    <Card title="Settings as JSON">
      <TextAreaField
        label="Settings"
        hint="As the account’s own API shows and takes them. A member that is left out is off."
        mono
        rows={JSON_ROWS}
        value={draft.text}
        error={draft.settings === undefined ? 'This is no JSON object.' : undefined}
        onChange={(event) => {
          draft.setText(event.target.value);
        }}
      />
    </Card>
  );
}

interface Detection {
  /** Categories that the configuration says how to find; undefined while it is on its way. */
  readonly found: ReadonlySet<string> | undefined;
  /** Names of the profiles of data by their ids. */
  readonly profiles: ReadonlyMap<string, string>;
}

/** What the configuration says how to find: rules about anything else find nothing. */
function useDetection(): Detection {
  const { data } = useQuery({
    queryKey: [SETTINGS],
    queryFn: ({ signal }) => callApi<SettingsAnswer>(SETTINGS, { signal }),
  });
  return useMemo(() => detectionIn(data?.config), [data]);
}

function detectionIn(config: JsonObject | undefined): Detection {
  const { guardrails, dlp_profiles: listed } = objectIn(config ?? {}, 'ai_gateway');
  const patterns = isJsonObject(guardrails) ? objectIn(guardrails, 'patterns') : {};
  const profiles = Object.entries(isJsonObject(listed) ? listed : {}).map(
    ([id, profile]) => [id, isJsonObject(profile) ? textIn(profile, 'name') : id] as const,
  );
  return {
    found: config === undefined ? undefined : new Set(Object.keys(patterns)),
    profiles: new Map(profiles),
  };
}
