import type { FormEvent, ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { SelectField, TextAreaField, TextField } from '../../ui/field.tsx';
import { Columns, Row, Stack } from '../../ui/stack.tsx';
import { Loaded } from '../../ui/states.tsx';
import type { FormTexts } from '../../ui/use-form.ts';
import { errorAt } from '../../ui/use-form.ts';
import { AddressNote } from './address-note.tsx';
import type { ExplainTexts } from './explain-question.ts';
import { hasGateway } from './explain-question.ts';
import { Explained } from './explained.tsx';
import type { Explaining } from './use-explain.ts';
import { useExplain } from './use-explain.ts';

const forms: readonly { readonly value: string; readonly text: string }[] = [
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
function Fields({ form, query, problems }: Explaining): ReactElement {
  const { values, bind } = form;
  const { error } = query;
  return (
    <>
      <Columns>
        <TextField label="Model" {...bind('model')} error={errorAt(error, 'model')} />
        <SelectField label="Form" options={formsWith(values.form)} {...bind('form')} />
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
          label="IP address"
          placeholder="one that the key takes"
          {...bind('address')}
          error={errorAt(error, 'address')}
        />
        <TextField
          label="Upstream"
          placeholder="as the routes say"
          {...bind('upstream')}
          error={errorAt(error, 'upstream')}
        />
        <TextField label="Idempotency key" placeholder="none" {...bind('idempotencyKey')} />
        {hasGateway(values.form) ? <GatewayFields bind={bind} /> : null}
      </Columns>
      <Columns>
        <TextAreaField
          label="Headers"
          mono
          placeholder="x-team: search"
          hint="One a line. What may be a secret stays out of the address, and credentials count for nothing: say which key it is."
          {...bind('headers')}
          error={problems?.headers ?? errorAt(error, 'headers')}
        />
        <TextAreaField
          label="Body"
          mono
          placeholder="a short question"
          hint="JSON in the form that is chosen."
          {...bind('body')}
          error={problems?.body ?? errorAt(error, 'body')}
        />
      </Columns>
    </>
  );
}

/** One that an address names and nobody knows is shown, for the gateway to refuse. */
function formsWith(form: string): typeof forms {
  return forms.some(({ value }) => value === form)
    ? forms
    : [...forms, { value: form, text: form }];
}

/** Asks the gateway what it would do, by the stages that a real request goes through. */
export function Explainer(): ReactElement {
  const explaining = useExplain();
  const { query, isAsked, keptBack, missing, ask } = explaining;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    ask();
  };
  return (
    <Stack>
      <form onSubmit={submit} noValidate>
        <Stack>
          <Fields {...explaining} />
          <Row>
            <Button type="submit" look="primary" busy={query.isFetching}>
              Explain
            </Button>
            <span>
              Nothing is sent to anybody, and nothing is charged. The address of this page has the
              question.
            </span>
          </Row>
        </Stack>
      </form>
      <AddressNote keptBack={keptBack} missing={missing} />
      {isAsked ? <Loaded query={query}>{(answer) => <Explained answer={answer} />}</Loaded> : null}
    </Stack>
  );
}
