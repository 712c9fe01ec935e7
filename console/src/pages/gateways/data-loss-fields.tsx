import type { ReactElement } from 'react';
import type { JsonObject, JsonValue } from '../../format/json-value.ts';
import { textIn, textsIn } from '../../format/json-value.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { CheckField } from '../../ui/field.tsx';
import { Row, Stack } from '../../ui/stack.tsx';
import { dataLossIn, newPolicy, withDataLoss, withText } from './data-loss-draft.ts';
import { OnBadge } from './general-fields.tsx';
import styles from './gateways.module.css';
import { contentActions } from './guardrail-fields.tsx';
import { itemFields } from './item-fields.ts';
import { RuleBox } from './rule-box.tsx';
import type { SettingsForm } from './setting-fields.tsx';
import { ChoiceField, SwitchField, WordField } from './setting-fields.tsx';
import { withItem } from './settings-draft.ts';

const sides = [
  ['REQUEST', 'In requests'],
  ['RESPONSE', 'In answers'],
] as const;

/** What data must not pass, by policies. */
export function DataLossFields(props: {
  readonly form: SettingsForm;
  /** Names of the configured profiles by their ids. */
  readonly profiles: ReadonlyMap<string, string>;
}): ReactElement {
  const { form, profiles } = props;
  const draft = dataLossIn(form.settings);
  const { policies, isEnabled } = draft;
  const set = (changes: { readonly isEnabled?: boolean; readonly policies?: typeof policies }) => {
    form.onChange(withDataLoss(form.settings, { ...draft, ...changes }));
  };
  return (
    <Card title="Data loss prevention" actions={<OnBadge isOn={isEnabled} />}>
      <Stack>
        <SwitchField
          label="Look for data that must not pass"
          error={form.refused('dlp.enabled')}
          value={isEnabled}
          onChange={(value) => {
            set({ isEnabled: value === true });
          }}
        />
        {draft.isOlder ? (
          <p className={styles['hint']}>
            This is written in the older form, of one rule for both sides. A change here writes it
            as a policy.
          </p>
        ) : null}
        {policies.map((policy, index) => (
          <PolicyFields
            // oxlint-disable-next-line react/no-array-index-key -- ids are typed here; a place is what stays
            key={index}
            policy={policy}
            profiles={profiles}
            refused={(member) => form.refused(`dlp.policies.${String(index)}.${member}`)}
            onChange={(changed) => {
              set({ policies: withItem(policies, index, changed) });
            }}
          />
        ))}
        <Row>
          <Button
            onClick={() => {
              set({ isEnabled: true, policies: [...policies, newPolicy(policies)] });
            }}
          >
            Add a policy
          </Button>
        </Row>
      </Stack>
    </Card>
  );
}

interface PolicyProps {
  readonly policy: JsonObject;
  readonly profiles: ReadonlyMap<string, string>;
  readonly refused: (member: string) => string | undefined;
  /** Undefined takes it away. */
  readonly onChange: (policy: JsonObject | undefined) => void;
}

function PolicyFields({ policy, profiles, refused, onChange }: PolicyProps): ReactElement {
  const field = itemFields(policy, refused, onChange);
  return (
    <RuleBox
      name={`Policy ${textIn(policy, 'id')}`}
      onRemove={() => {
        onChange(undefined);
      }}
    >
      <div className={styles['fields']}>
        <WordField label="Id" hint="1 to 128 letters; logs and headers name it." {...field('id')} />
        <ChoiceField label="What is found is" options={contentActions} {...field('action')} />
        <SwitchField label="This policy counts" {...field('enabled')} />
      </div>
      <Checks
        legend="Where"
        choices={sides}
        chosen={textsIn(policy, 'check')}
        {...field('check')}
      />
      <Checks
        legend="Profiles"
        choices={namedProfiles(profiles, textsIn(policy, 'profiles'))}
        chosen={textsIn(policy, 'profiles')}
        none="The configuration has none: ai_gateway.dlp_profiles."
        {...field('profiles')}
      />
    </RuleBox>
  );
}

/** The configured profiles, and those that a policy names all the same. */
function namedProfiles(
  profiles: ReadonlyMap<string, string>,
  named: readonly string[],
): readonly (readonly [value: string, text: string])[] {
  const others = named.filter((id) => !profiles.has(id));
  return [
    ...[...profiles].map(([id, name]) => [id, `${name} (${id})`] as const),
    ...others.map((id) => [id, `${id}, which is not configured`] as const),
  ];
}

/** Some of a few. */
function Checks(props: {
  readonly legend: string;
  readonly choices: readonly (readonly [value: string, text: string])[];
  readonly chosen: readonly string[];
  readonly error: string | undefined;
  readonly none?: string;
  readonly onChange: (chosen: JsonValue) => void;
}): ReactElement {
  const { legend, choices, chosen, error, none, onChange } = props;
  return (
    <fieldset className={styles['checks']}>
      <legend>{legend}</legend>
      {choices.length === 0 ? <span className={styles['hint']}>{none}</span> : null}
      {choices.map(([value, text]) => (
        <CheckField
          key={value}
          label={text}
          checked={chosen.includes(value)}
          onChange={(event) => {
            onChange(withText(chosen, value, event.target.checked));
          }}
        />
      ))}
      {error === undefined ? null : <div className={styles['error']}>{error}</div>}
    </fieldset>
  );
}
