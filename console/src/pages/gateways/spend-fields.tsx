import type { ReactElement } from 'react';
import type { JsonObject, JsonValue } from '../../format/json-value.ts';
import { isJsonObject, textIn } from '../../format/json-value.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Row, Stack } from '../../ui/stack.tsx';
import { OnBadge } from './general-fields.tsx';
import styles from './gateways.module.css';
import { itemFields } from './item-fields.ts';
import { RuleBox } from './rule-box.tsx';
import type { SettingsForm } from './setting-fields.tsx';
import { LinesField, NumberField, SwitchField, WordField } from './setting-fields.tsx';
import { withItem } from './settings-draft.ts';
import {
  filterValues,
  isSaidByLines,
  metadataIn,
  metadataText,
  newRule,
  spendIn,
  withFilter,
  withSpend,
} from './spend-draft.ts';
import type { TextForm } from './use-typed.ts';

const metadataForm: TextForm = { print: metadataText, read: metadataIn };

/** How much may be spent through the gateway, by rules. */
export function SpendFields({ form }: { readonly form: SettingsForm }): ReactElement {
  const draft = spendIn(form.settings);
  const { rules, isEnabled } = draft;
  const set = (changes: Partial<typeof draft>): void => {
    form.onChange(withSpend(form.settings, { ...draft, ...changes }));
  };
  return (
    <Card title="Spend limits" actions={<OnBadge isOn={isEnabled && rules.length > 0} />}>
      <Stack>
        <SwitchField
          label="Limit what is spent"
          hint="A request passes where every rule about it has something left. What is spent is counted by list prices, or as the request says."
          error={form.refused('spend_limits.enabled')}
          value={isEnabled}
          onChange={(value) => {
            set({ isEnabled: value === true });
          }}
        />
        {rules.map((rule, index) => (
          <RuleFields
            // oxlint-disable-next-line react/no-array-index-key -- ids are typed here; a place is what stays
            key={index}
            rule={rule}
            refused={(member) => form.refused(`spend_limits.rules.${String(index)}.${member}`)}
            onChange={(changed) => {
              set({ rules: withItem(rules, index, changed) });
            }}
          />
        ))}
        <Row>
          <Button
            onClick={() => {
              set({ isEnabled: true, rules: [...rules, newRule(rules)] });
            }}
          >
            Add a rule
          </Button>
        </Row>
      </Stack>
    </Card>
  );
}

interface RuleProps {
  readonly rule: JsonObject;
  readonly refused: (member: string) => string | undefined;
  /** Undefined takes it away. */
  readonly onChange: (rule: JsonObject | undefined) => void;
}

function RuleFields({ rule, refused, onChange }: RuleProps): ReactElement {
  const field = itemFields(rule, refused, onChange);
  return (
    <RuleBox
      name={`Rule ${textIn(rule, 'id')}`}
      onRemove={() => {
        onChange(undefined);
      }}
    >
      <div className={styles['fields']}>
        <WordField
          label="Id"
          hint="1 to 64 letters, digits, ., :, - and _. What was spent is counted under it."
          {...field('id')}
        />
        <NumberField label="Limit, in USD" hint="Above 0." {...field('limit')} />
        <NumberField
          label="Window, in seconds"
          hint="1 to 31,622,400 (366 days)."
          isSeconds
          {...field('window')}
        />
        <SwitchField label="This rule counts" {...field('enabled')} />
      </div>
      <RuleFilters rule={rule} refused={refused} onChange={onChange} />
    </RuleBox>
  );
}

function RuleFilters({ rule, refused, onChange }: RuleProps): ReactElement {
  const { metadata } = rule;
  const isByLines = isSaidByLines(metadata);
  const values = (
    name: 'model' | 'provider',
  ): {
    readonly placeholder: string;
    readonly error: string | undefined;
    readonly value: JsonValue;
    readonly onChange: (value: JsonValue) => void;
  } => ({
    placeholder: 'all of them',
    error: refused(name),
    value: filterValues(rule, name),
    onChange: (value) => {
      onChange(withFilter(rule, name, Array.isArray(value) ? value.map(String) : []));
    },
  });
  return (
    <div className={styles['fields']}>
      <LinesField label="Models" hint="One a line." {...values('model')} />
      <LinesField label="Providers" hint="One a line." {...values('provider')} />
      <LinesField
        label="Metadata"
        placeholder="all requests"
        form={metadataForm}
        isOff={!isByLines}
        hint={
          isByLines
            ? 'plan = pro: only this value. user_id: each value is counted apart. At most 5 keys.'
            : 'This can be changed as JSON only.'
        }
        error={refused('metadata')}
        value={metadata}
        onChange={(value) => {
          onChange({ ...rule, metadata: isJsonObject(value) ? value : {} });
        }}
      />
    </div>
  );
}
