import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { useEffect, useState } from 'react';
import { callApi } from '../api/call-api.ts';
import type { JsonObject } from '../format/json-value.ts';
import { CodeBlock } from '../ui/code-block.tsx';
import { SelectField } from '../ui/field.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import type { Form } from './forms.ts';
import { formNamed } from './forms.ts';
import type { PaneProps } from './pane-view.tsx';
import type { Turn } from './part.ts';
import { textPart } from './part.ts';
import styles from './playground.module.css';
import type { Prepared, Setup } from './setup.ts';
import { leftBehind, listedForm, prepareRequest } from './setup.ts';
import { newTurn } from './pane.ts';
import { turnsForCode } from './turns-for-code.ts';
import { useSchema } from './use-schema.ts';

interface CodeAnswer {
  readonly snippets: readonly {
    readonly client: string;
    readonly label: string;
    readonly code: string;
  }[];
}

const NOTHING_YET = 'Hello, Claude';
const TYPING_MS = 300;

/** The request as code, in every form that the model is served in. */
export function CodeView(props: PaneProps): ReactElement {
  const { pane, control, models, transport } = props;
  const [form, setForm] = useState<Form>(pane.setup.form);
  const model = models.find(({ id }) => id === pane.setup.modelId);
  const labels = (model?.forms ?? []).map((one) => ({ value: one.form, text: one.label }));
  const setup = { ...pane.setup, form };
  const schema = useSchema(listedForm(models, setup)?.input_schema);
  const { shared } = control;
  const { turns, named } = turnsForCode(askedTurns(props));
  const prepared = prepareRequest({ models, setup, shared, turns, schema });
  const notes = notesOn(setup, { schema, named });
  return (
    <div className={styles['code']}>
      <SelectField
        label="Form"
        value={form}
        options={labels}
        onChange={(event) => {
          setForm(formNamed(event.target.value) ?? form);
        }}
      />
      {notes.map((note) => (
        <p key={note} className={styles['note']}>
          {note}
        </p>
      ))}
      {prepared.kind === 'problems' ? (
        <EmptyState title="There is no code for this yet">{prepared.problems.join(' ')}</EmptyState>
      ) : (
        <Snippets form={form} prepared={prepared} publicUrl={transport.publicUrl} />
      )}
    </div>
  );
}

/** What the code does not do as the page does. */
function notesOn(
  setup: Setup,
  about: { readonly schema: JsonObject | undefined; readonly named: readonly string[] },
): readonly string[] {
  const { schema, named } = about;
  const behind = schema === undefined ? [] : leftBehind(setup, schema);
  return [
    setup.upstream === ''
      ? ''
      : `Programs cannot choose ${setup.upstream}: routes say who answers them.`,
    behind.length === 0 ? '' : `Not in this form, and not in the code: ${behind.join(', ')}.`,
    named.length === 0
      ? ''
      : `Too large to stand here: put the base64 of ${named.join(', ')} where the name is.`,
  ].filter((note) => note !== '');
}

/** What would be sent next; after an answer, what was sent for it. */
function askedTurns({ pane, draft }: PaneProps): readonly Turn[] {
  if (draft.trim() !== '') return [...pane.turns, newTurn('user', [textPart(draft)])];
  const last = pane.turns.findLastIndex(({ role }) => role === 'user');
  if (last === -1) return [newTurn('user', [textPart(NOTHING_YET)])];
  return pane.turns.slice(0, last + 1);
}

function Snippets(props: {
  readonly form: Form;
  readonly prepared: Extract<Prepared, { readonly kind: 'ready' }>;
  readonly publicUrl: string;
}): ReactElement {
  const { form, prepared, publicUrl } = props;
  const [client, setClient] = useState('');
  const { asked, request, headers: entered } = prepared;
  const body = useSettled(request.body);
  const headers = useSettled(JSON.stringify(entered));
  const query = useQuery({
    queryKey: ['/models/code', form, asked.model, body, headers],
    queryFn: ({ signal }) =>
      callApi<CodeAnswer>('/models/code', {
        method: 'POST',
        body: {
          form,
          model: asked.model,
          body: JSON.parse(body) as unknown,
          headers: JSON.parse(headers) as unknown,
          base_url: publicUrl,
        },
        signal,
      }),
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  });
  return (
    <Loaded query={query}>
      {({ snippets }) => {
        const shown = snippets.find((one) => one.client === client) ?? snippets[0];
        if (shown === undefined) return <EmptyState title="There is no code for this form" />;
        return (
          <>
            <SelectField
              label="Client"
              value={shown.client}
              options={snippets.map((one) => ({ value: one.client, text: one.label }))}
              onChange={(event) => {
                setClient(event.target.value);
              }}
            />
            <CodeBlock text={shown.code} label={shown.label} />
          </>
        );
      }}
    </Loaded>
  );
}

/** Follows a text a moment later, so that not every letter asks the gateway. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled(text);
    }, TYPING_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [text]);
  return settled;
}
