import type { ReactElement } from 'react';
import { SelectField, TextAreaField, TextField } from '../ui/field.tsx';
import { Loading } from '../ui/states.tsx';
import { forms } from './forms.ts';
import type { JsonObject } from '../format/json-value.ts';
import styles from './playground.module.css';
import type { ParameterField } from './schema-fields.ts';
import { fieldsOf, readField, takesOthers } from './schema-fields.ts';
import type { Setup } from './setup.ts';
import { leftBehind, othersProblem } from './setup.ts';

const NOT_SENT = { value: '', text: 'Not sent' };
const LIST_ROWS = 2;
const JSON_ROWS = 3;

/** A field for each parameter of a form, made from its JSON Schema. */
export function ParameterFields(props: {
  readonly setup: Setup;
  readonly schema: JsonObject | undefined;
  readonly onChange: (setup: Setup) => void;
}): ReactElement {
  const { setup, schema, onChange } = props;
  if (schema === undefined) return <Loading lines={5} />;
  const fields = fieldsOf(schema, forms[setup.form].ownParameters);
  const shown = (field: ParameterField): ReactElement => (
    <div key={field.name} className={styles[isNumber(field) ? 'half' : 'whole']}>
      <Parameter
        field={field}
        text={setup.texts[field.name] ?? ''}
        root={schema}
        onChange={(text) => {
          onChange({ ...setup, texts: { ...setup.texts, [field.name]: text } });
        }}
      />
    </div>
  );
  const others = fields.filter(({ isUsual }) => !isUsual);
  const behind = leftBehind(setup, schema);
  return (
    <>
      {behind.length === 0 ? null : (
        <p className={styles['note']}>{`Not in this form, and not sent: ${behind.join(', ')}.`}</p>
      )}
      <div className={styles['parameters']}>
        {fields.filter(({ isUsual }) => isUsual).map((field) => shown(field))}
      </div>
      <details className={styles['more']}>
        <summary>{`More parameters (${String(others.length)})`}</summary>
        <div className={styles['parameters']}>
          {others.map((field) => shown(field))}
          {takesOthers(schema) || setup.othersText !== '' ? (
            <div className={styles['whole']}>
              <TextAreaField
                label="Other parameters"
                mono
                rows={JSON_ROWS}
                placeholder='{"name": "value"}'
                hint="A JSON object; its members go into the request as they are."
                error={othersProblem(setup.othersText)}
                value={setup.othersText}
                onChange={(event) => {
                  onChange({ ...setup, othersText: event.target.value });
                }}
              />
            </div>
          ) : null}
        </div>
      </details>
    </>
  );
}

function isNumber({ kind }: ParameterField): boolean {
  return kind === 'number' || kind === 'integer';
}

function Parameter(props: {
  readonly field: ParameterField;
  readonly text: string;
  readonly root: JsonObject;
  readonly onChange: (text: string) => void;
}): ReactElement {
  const { field, text, root, onChange } = props;
  const entered = readField(field, text, root);
  const error = entered.kind === 'problem' ? entered.text : undefined;
  const shared = {
    label: field.name,
    hint: field.description === '' ? undefined : <Hint field={field} />,
    error,
    value: text,
    onChange: (event: { readonly target: { readonly value: string } }) => {
      onChange(event.target.value);
    },
  };
  switch (field.kind) {
    case 'number':
    case 'integer':
      return (
        <TextField
          {...shared}
          type="number"
          inputMode="decimal"
          step={field.kind === 'integer' ? 1 : 'any'}
          min={field.minimum}
          max={field.maximum}
          placeholder={field.fallback}
        />
      );
    case 'boolean':
    case 'choice': {
      const values = field.kind === 'boolean' ? ['true', 'false'] : field.choices;
      return (
        <SelectField
          {...shared}
          options={[NOT_SENT, ...values.map((value) => ({ value, text: value }))]}
        />
      );
    }
    case 'text':
      return <TextField {...shared} placeholder={field.fallback} />;
    case 'lines':
      return <TextAreaField {...shared} rows={LIST_ROWS} placeholder="One a line" />;
    case 'json':
      return (
        <TextAreaField
          {...shared}
          mono
          rows={text === '' ? LIST_ROWS : JSON_ROWS}
          placeholder={field.fallback || field.example || 'JSON'}
        />
      );
  }
}

const SHOWN_LETTERS = 64;

/** The bounds of a number; of a description the beginning, and all of it for who points at it. */
function Hint({ field }: { readonly field: ParameterField }): ReactElement {
  const plain = field.description.replaceAll('`', '');
  const short = boundsText(field) ?? shortened(plain);
  return short === plain ? <>{plain}</> : <span title={plain}>{short}</span>;
}

function boundsText({ kind, minimum, maximum }: ParameterField): string | undefined {
  if (kind !== 'number' && kind !== 'integer') return undefined;
  if (minimum !== undefined && maximum !== undefined) {
    return `${String(minimum)} to ${String(maximum)}`;
  }
  if (minimum !== undefined) return `${String(minimum)} or more`;
  return maximum === undefined ? undefined : `${String(maximum)} or less`;
}

function shortened(text: string): string {
  if (text.length <= SHOWN_LETTERS) return text;
  return `${text.slice(0, text.lastIndexOf(' ', SHOWN_LETTERS))} …`;
}
