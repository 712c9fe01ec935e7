import type { FormEvent, ReactElement } from 'react';
import { useEffect, useRef } from 'react';
import type { GatewayDetailAnswer } from '../../../../src/admin/contract-operations.ts';
import { ApiError } from '../../api/api-error.ts';
import { useSearchText } from '../../app/use-search-text.ts';
import { LeaveGuard } from '../../drafts/leave-guard.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { GatewayParts } from './gateway-parts.tsx';
import styles from './gateways.module.css';
import { SettingsBar } from './settings-bar.tsx';
import { FormPanel, JsonPanel } from './settings-panels.tsx';
import { useSettingsDraft } from './use-settings-draft.ts';

const FORM_TAB = 'settings';

/** The settings of a gateway, to be changed as a form or as JSON, and what else belongs to it. */
export function GatewaySettings(props: {
  readonly gateway: GatewayDetailAnswer;
  /** It is about to be removed: nothing of it can be lost any more. */
  readonly isLeaving: boolean;
}): ReactElement {
  const { gateway, isLeaving } = props;
  const { search, setSearch } = useSearchText();
  const saving = useSettingsDraft(gateway);
  const { draft, error, save } = saving;
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (error !== null) focusFault(form.current);
  }, [error]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save();
  };
  const refused = error instanceof ApiError ? error : undefined;
  return (
    <>
      <form ref={form} className={styles['form']} onSubmit={submit} noValidate>
        <Tabs
          label="Parts of the gateway"
          value={search['tab'] ?? FORM_TAB}
          onChange={(tab) => {
            setSearch({ tab: tab === FORM_TAB ? '' : tab });
          }}
          tabs={[
            {
              value: FORM_TAB,
              name: 'Settings',
              content: <FormPanel draft={draft} refused={refused} />,
            },
            { value: 'json', name: 'JSON', content: <JsonPanel draft={draft} /> },
            {
              value: 'parts',
              name: 'Policies, keys and routes',
              content: <GatewayParts gateway={gateway} />,
            },
          ]}
        />
        <SettingsBar gateway={gateway} saving={saving} />
      </form>
      {/* It has a form of its own, whose submit is not this one's. */}
      <LeaveGuard
        isOn={draft.isDirty && !isLeaving}
        description="What you changed in the settings is not saved yet."
      />
    </>
  );
}

/** Leads to the field that was refused, wherever on the page it is. */
function focusFault(form: HTMLFormElement | null): void {
  const field = form?.querySelector<HTMLElement>('[aria-invalid="true"]');
  field?.focus({ preventScroll: true });
  field?.scrollIntoView({ block: 'center' });
}
