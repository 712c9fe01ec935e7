import type { FormEvent, ReactElement } from 'react';
import { useState } from 'react';
import type {
  AnyJsonObject,
  ExplainAnswer,
  ExplainQuestion,
} from '../../../../src/admin/contract-operations.ts';
import { callApi } from '../../api/call-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { jsonObjectIn } from '../../format/json-value.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField, TextAreaField, TextField } from '../../ui/field.tsx';
import { Columns, Row, Stack } from '../../ui/stack.tsx';
import { ErrorNote } from '../../ui/states.tsx';
import type { FormTexts } from '../../ui/use-form.ts';
import { errorAt, useForm } from '../../ui/use-form.ts';
import type { ExplainTexts } from './explain-question.ts';
import { hasGateway, noTexts, questionOf } from './explain-question.ts';
import { Explained } from './explained.tsx';

const forms = [
  { value: 'messages', text: 'Messages' },
  { value: 'chat-completions', text: 'Chat Completions' },
  { value: 'workers-ai', text: 'Workers AI' },
];

const caches = [
  { value: '', text: 'as the gateway says' },
  { value: 'skip', text: 'skipped' },
];

/** What a request asks of its AI gateway, where its form goes through one. */
function GatewayFields({
  bind,
}: {
  readonly bind: FormTexts<keyof ExplainTexts>['bind'];
}): ReactElement {
  return (
    <>
      <TextField label="AI gateway" placeholder="default" {...bind('gateway')} />
      <SelectField label="Cache" options={caches} {...bind('cache')} />
      <TextField
        label="Cache for, in seconds"
        placeholder="as the gateway says"
        inputMode="numeric"
        {...bind('cacheSeconds')}
      />
      <TextField label="Cached under the name" placeholder="its body" {...bind('cacheName')} />
    </>
  );
}

/** What may be said of a request. */
function Fields(props: {
  readonly form: FormTexts<keyof ExplainTexts | 'body'>;
  readonly error: Error | null;
  /** What is wrong with the body before anybody is asked. */
  readonly problem: string | undefined;
}): ReactElement {
  const { form, error, problem } = props;
  const { values, bind } = form;
  return (
    <Columns>
      <TextField label="Model" {...bind('model')} error={errorAt(error, 'model')} />
      <SelectField label="Form" options={forms} {...bind('form')} />
      <TextField
        label="Account"
        placeholder="that of the key"
        {...bind('account')}
        error={errorAt(error, 'account')}
      />
      <TextField
        label="Key"
        placeholder="one that may do everything"
        {...bind('key')}
        error={errorAt(error, 'key')}
      />
      <TextField
        label="Upstream"
        placeholder="as the routes say"
        {...bind('upstream')}
        error={errorAt(error, 'upstream')}
      />
      <TextField label="Idempotency key" placeholder="none" {...bind('idempotencyKey')} />
      {hasGateway(values.form) ? <GatewayFields bind={bind} /> : null}
      <TextAreaField
        label="Headers"
        mono
        placeholder="x-team: search"
        {...bind('headers')}
        error={errorAt(error, 'headers')}
      />
      <TextAreaField
        label="Body"
        mono
        placeholder="a short question"
        {...bind('body')}
        error={problem ?? errorAt(error, 'body')}
      />
    </Columns>
  );
}

const NOT_JSON = 'This is no JSON object.';

/** Asks the gateway what it would do, by the stages that a real request goes through. */
export function Explainer(): ReactElement {
  const form = useForm<keyof ExplainTexts | 'body'>({ ...noTexts, body: '' });
  const [problem, setProblem] = useState<string>();
  const order = useOrder({
    send: (body: ExplainQuestion) =>
      callApi<ExplainAnswer>('/admin/v1/routes/explain', { method: 'POST', body }),
    changes: [],
  });
  const { values } = form;
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
          <Fields form={form} error={order.error} problem={problem} />
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
