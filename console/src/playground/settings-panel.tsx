import type { ReactElement, ReactNode } from 'react';
import { useState } from 'react';
import type { ListedModel } from '../../../src/pages/models-json.ts';
import { CheckField, SelectField, TextAreaField } from '../ui/field.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { formNamed } from './forms.ts';
import type { JsonObject } from '../format/json-value.ts';
import { ParameterFields } from './parameter-fields.tsx';
import styles from './playground.module.css';
import type { Setup } from './setup.ts';
import { headersProblem, toolsProblem, withModel } from './setup.ts';
import type { PlaygroundControl } from './use-playground.ts';

const TOOL_EXAMPLE = `[{
  "name": "get_weather",
  "description": "The weather of a city.",
  "input_schema": {
    "type": "object",
    "properties": { "city": { "type": "string" } },
    "required": ["city"]
  }
}]`;

/** One that was chosen and is there no more is listed still: the gateway says that it is not there. */
function upstreamOptions(
  names: readonly string[],
  chosen: string,
): readonly { readonly value: string; readonly text: string }[] {
  const all = new Set(['', ...names, chosen]);
  return [...all].map((value) => ({ value, text: value === '' ? 'As routes say' : value }));
}

/** Whom to ask, and with what. */
export function SettingsPanel(props: {
  readonly control: PlaygroundControl;
  readonly models: readonly ListedModel[];
  readonly upstreams: readonly string[] | undefined;
}): ReactElement {
  const { control, models, upstreams } = props;
  const [shown, setShown] = useState('0');
  const { panes, schemas, setSetup, isCompared } = control;
  const setups = panes.map(({ id, setup }, at) => (
    <SetupFields
      key={id}
      setup={setup}
      models={models}
      upstreams={upstreams}
      schema={schemas[at]}
      onChange={(next) => {
        setSetup(at, next);
      }}
    />
  ));
  return (
    <section className={styles['settings']} aria-label="Settings">
      {isCompared ? (
        <Tabs
          label="Whose settings"
          value={shown}
          onChange={setShown}
          tabs={setups.map((content, at) => ({
            value: String(at),
            name: at === 0 ? 'Left' : 'Right',
            content,
          }))}
        />
      ) : (
        setups[0]
      )}
      <SharedFields control={control} />
    </section>
  );
}

/** What is the same for both panes. */
function SharedFields({ control }: { readonly control: PlaygroundControl }): ReactElement {
  const { shared, setShared, isCompared } = control;
  const { system, toolsText, isStreamed } = shared;
  return (
    <div className={styles['group']}>
      <Fold title={isCompared ? 'System prompt and tools, for both' : 'System prompt and tools'}>
        <TextAreaField
          label="System prompt"
          rows={3}
          value={system}
          onChange={(event) => {
            setShared({ system: event.target.value });
          }}
        />
        <TextAreaField
          label="Tools"
          mono
          rows={toolsText === '' ? 2 : 8}
          placeholder='[{"name": …, "input_schema": …}]'
          hint={
            toolsText === '' ? (
              <button
                type="button"
                className={styles['linkButton']}
                onClick={() => {
                  setShared({ toolsText: TOOL_EXAMPLE });
                }}
              >
                Insert an example
              </button>
            ) : (
              'A JSON list, as in the Messages form. Every form gets it in its own shape.'
            )
          }
          error={toolsProblem(toolsText)}
          value={toolsText}
          onChange={(event) => {
            setShared({ toolsText: event.target.value });
          }}
        />
      </Fold>
      <CheckField
        label="Stream the answer"
        checked={isStreamed}
        onChange={(event) => {
          setShared({ isStreamed: event.target.checked });
        }}
      />
    </div>
  );
}

/** From this width on, settings and conversation stand side by side. */
const WIDE_PX = 960;

/** Settings that are open where there is room for them. */
function Fold(props: { readonly title: string; readonly children: ReactNode }): ReactElement {
  const [isWide] = useState(() => window.innerWidth > WIDE_PX);
  return (
    <details className={styles['fold']} open={isWide}>
      <summary>{props.title}</summary>
      <div className={styles['group']}>{props.children}</div>
    </details>
  );
}

function SetupFields(props: {
  readonly setup: Setup;
  readonly models: readonly ListedModel[];
  readonly upstreams: readonly string[] | undefined;
  readonly schema: JsonObject | undefined;
  readonly onChange: (setup: Setup) => void;
}): ReactElement {
  const { setup, models, upstreams, schema, onChange } = props;
  const model = models.find(({ id }) => id === setup.modelId);
  return (
    <div className={styles['group']}>
      <SelectField
        label="Model"
        value={setup.modelId}
        options={models.map(({ id, name }) => ({ value: id, text: name }))}
        onChange={(event) => {
          const next = models.find(({ id }) => id === event.target.value);
          if (next !== undefined) onChange(withModel(setup, next));
        }}
      />
      <SelectField
        label="Form"
        value={setup.form}
        options={(model?.forms ?? []).map(({ form, label }) => ({ value: form, text: label }))}
        onChange={(event) => {
          const form = formNamed(event.target.value);
          if (form !== undefined) onChange({ ...setup, form });
        }}
      />
      {upstreams === undefined ? null : (
        <SelectField
          label="Upstream"
          value={setup.upstream}
          options={upstreamOptions(upstreams, setup.upstream)}
          onChange={(event) => {
            onChange({ ...setup, upstream: event.target.value });
          }}
        />
      )}
      <Fold title="Parameters">
        <ParameterFields setup={setup} schema={schema} onChange={onChange} />
      </Fold>
      <details className={styles['more']}>
        <summary>Request headers</summary>
        <TextAreaField
          label="Headers"
          hidesLabel
          mono
          rows={2}
          placeholder="anthropic-beta: …"
          hint="One name: value a line. A route can ask for one."
          error={headersProblem(setup.headersText)}
          value={setup.headersText}
          onChange={(event) => {
            onChange({ ...setup, headersText: event.target.value });
          }}
        />
      </details>
    </div>
  );
}
