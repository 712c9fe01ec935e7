import type { ReactElement } from 'react';
import { Card } from '../../ui/card.tsx';
import { OnBadge } from './general-fields.tsx';
import styles from './gateways.module.css';
import type { HazardSide } from './hazards.ts';
import { blindBlocks, hazardAction, hazardRules, hazards, withHazard } from './hazards.ts';
import type { SettingsForm } from './setting-fields.tsx';
import { ChoiceField } from './setting-fields.tsx';

/** What becomes of a text that a rule is about. */
export const contentActions = [
  { value: 'FLAG', text: 'Flag' },
  { value: 'BLOCK', text: 'Block' },
] as const;

const sides: readonly (readonly [side: HazardSide, name: string])[] = [
  ['prompt', 'Requests'],
  ['response', 'Answers'],
];

/** What nobody may say through the gateway, and no model. */
export function GuardrailFields(props: {
  readonly form: SettingsForm;
  /** Categories that the configuration says how to find; undefined while that is not known. */
  readonly found: ReadonlySet<string> | undefined;
}): ReactElement {
  const { form, found } = props;
  const blind = found === undefined ? [] : blindBlocks(form.settings, found);
  const error = form.refused('guardrails');
  return (
    <Card title="Guardrails" actions={<OnBadge isOn={hazardRules(form.settings) > 0} />}>
      {found === undefined ? null : <p className={styles['hint']}>{foundText(found)}</p>}
      <table className={styles['hazards']}>
        <thead>
          <tr>
            <th scope="col">Category</th>
            {sides.map(([side, name]) => (
              <th key={side} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {hazards.map(([category, name]) => (
            <tr key={category}>
              <th scope="row">
                <code>{category}</code> {name}
              </th>
              {sides.map(([side, sideName]) => (
                <td key={side}>
                  <ChoiceField
                    label={`${sideName}: ${name}`}
                    hidesLabel
                    none="Pass"
                    options={contentActions}
                    error={form.refused(`guardrails.${side}.${category}`)}
                    value={hazardAction(form.settings, side, category)}
                    onChange={(action) => {
                      const at = { side, category };
                      form.onChange(withHazard(form.settings, at, action ?? ''));
                    }}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {blind.length === 0 ? null : (
        <p className={styles['warning']} role="status">
          {`Nothing is configured to find ${blind.join(', ')}: requests are refused with 503 while they are blocked.`}
        </p>
      )}
      {error === undefined ? null : <p className={styles['error']}>{error}</p>}
    </Card>
  );
}

function foundText(found: ReadonlySet<string>): string {
  const where = 'What a text of a category looks like stands in the configuration';
  const what = found.size === 0 ? 'nothing yet' : [...found].join(', ');
  return `${where}: ai_gateway.guardrails.patterns has ${what}.`;
}
