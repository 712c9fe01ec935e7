import type { ReactElement } from 'react';
import { Badge } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import styles from './gateways.module.css';
import type { GeneralSetting, NumberSetting, SettingGroup } from './general-settings.ts';
import { boundsText } from './general-settings.ts';
import type { SettingsForm } from './setting-fields.tsx';
import { ChoiceField, NumberField, SwitchField } from './setting-fields.tsx';

/** Whether what a part of the settings is about happens at all. */
export function OnBadge({ isOn }: { readonly isOn: boolean }): ReactElement {
  return isOn ? <Badge tone="good">on</Badge> : <Badge>off</Badge>;
}

/** Settings that are about the same thing, a field each. */
export function GroupCard(props: {
  readonly group: SettingGroup;
  readonly form: SettingsForm;
}): ReactElement {
  const { group, form } = props;
  return (
    <Card title={group.title} actions={<OnBadge isOn={group.isOn(form.settings)} />}>
      <div className={styles['fields']}>
        {group.settings.map((setting) => (
          <SettingField key={setting.name} setting={setting} form={form} />
        ))}
      </div>
    </Card>
  );
}

function SettingField(props: {
  readonly setting: GeneralSetting;
  readonly form: SettingsForm;
}): ReactElement {
  const { setting, form } = props;
  const { name, label, hint } = setting;
  const shared = {
    label,
    ...(hint === undefined ? {} : { hint }),
    error: form.refused(name),
    value: form.settings[name],
    onChange: (value: SettingsForm['settings'][string]) => {
      form.onChange({ ...form.settings, [name]: value });
    },
  };
  switch (setting.kind) {
    case 'switch':
      return <SwitchField {...shared} />;
    case 'choice':
      return (
        <ChoiceField
          {...shared}
          options={setting.options}
          {...(setting.none === undefined ? {} : { none: setting.none })}
        />
      );
    case 'number':
      return (
        <NumberField
          {...shared}
          hint={numberHint(setting)}
          placeholder={setting.none}
          isSeconds={setting.isSeconds === true}
        />
      );
  }
}

function numberHint(setting: NumberSetting): string {
  const { hint } = setting;
  return hint === undefined ? boundsText(setting) : `${boundsText(setting)} ${hint}`;
}
