import type { FormEvent, ReactElement } from 'react';
import { useState } from 'react';
import type {
  AnyJsonObject,
  ExplainAnswer,
  ExplainForm,
  ExplainQuestion,
} from '../../../../src/admin/contract-operations.ts';
import { callApi } from '../../api/call-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { jsonObjectIn } from '../../format/json-value.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField, TextAreaField, TextField } from '../../ui/field.tsx';
import { Columns, Row, Stack } from '../../ui/stack.tsx';
import { ErrorNote } from '../../ui/states.tsx';
import { errorAt, useForm } from '../../ui/use-form.ts';
import { Explained } from './explained.tsx';

const forms = [
  { value: 'messages', text: 'Messages' },
  { value: 'chat-completions', text: 'Chat Completions' },
  { value: 'workers-ai', text: 'Workers AI' },
];

/** Lines such as `x-team: search`. */
function headersIn(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line.includes(':'))
      .map((line) => {
        const at = line.indexOf(':');
        return [line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()];
      }),
  );
}

interface Texts {
  readonly model: string;
  readonly form: string;
  readonly account: string;
  readonly key: string;
  readonly headers: string;
}

/** What was typed; what was left empty is not said. */
function questionOf(texts: Texts, body: AnyJsonObject | undefined): ExplainQuestion {
  const { model, form, account, key } = texts;
  const headers = headersIn(texts.headers);
  return {
    form: form as ExplainForm,
    ...(model === '' ? {} : { model }),
    ...(account === '' ? {} : { account }),
    ...(key === '' ? {} : { key }),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(body === undefined ? {} : { body }),
  };
}

const NOT_JSON = 'This is no JSON object.';

/** Asks the gateway what it would do, by the stages that a real request goes through. */
export function Explainer(): ReactElement {
  const form = useForm({
    model: 'claude-sonnet-4-6',
    form: 'messages',
    account: '',
    key: '',
    headers: '',
    body: '',
  });
  const [problem, setProblem] = useState<string>();
  const order = useOrder({
    send: (body: ExplainQuestion) =>
      callApi<ExplainAnswer>('/admin/v1/routes/explain', { method: 'POST', body }),
    changes: [],
  });
  const { values, bind } = form;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const isSaid = values.body.trim() !== '';
    const body = isSaid ? jsonObjectIn(values.body) : undefined;
    const isBad = isSaid && body === undefined;
    setProblem(isBad ? NOT_JSON : undefined);
    if (isBad) return;
    order.mutate(questionOf(values, body as AnyJsonObject | undefined));
  };
  return (
    <Stack>
      <form onSubmit={submit} noValidate>
        <Stack>
          <Columns>
            <TextField label="Model" {...bind('model')} error={errorAt(order.error, 'model')} />
            <SelectField label="Form" options={forms} {...bind('form')} />
            <TextField
              label="Account"
              placeholder="that of the key"
              {...bind('account')}
              error={errorAt(order.error, 'account')}
            />
            <TextField
              label="Key"
              placeholder="one that may do everything"
              {...bind('key')}
              error={errorAt(order.error, 'key')}
            />
            <TextAreaField label="Headers" mono placeholder="x-team: search" {...bind('headers')} />
            <TextAreaField
              label="Body"
              mono
              placeholder="a short question"
              {...bind('body')}
              error={problem ?? errorAt(order.error, 'body')}
            />
          </Columns>
          <Row>
            <Button type="submit" look="primary" busy={order.isPending}>
              Explain
            </Button>
            <span>Nothing is sent to anybody, and nothing is charged.</span>
          </Row>
        </Stack>
      </form>
      {order.error === null ? null : <ErrorNote error={order.error} />}
      {order.data === undefined ? null : <Explained answer={order.data} />}
    </Stack>
  );
}
