import { expect, test } from 'vitest';
import type { ListedForm, ListedModel } from '../../../src/pages/models-json.ts';
import type { Form } from './forms.ts';
import type { JsonObject } from '../format/json-value.ts';
import { textPart } from './part.ts';
import type { Setup, SharedSetup } from './setup.ts';
import { firstSetup, leftBehind, prepareRequest, withModel } from './setup.ts';

function served(form: Form, model: string, request_path: string): ListedForm {
  const folder = `/models/${model}/${form}/`;
  const schemas = { input_schema: `${folder}in.json`, output_schema: `${folder}out.json` };
  return { form, label: form, model, page: folder, ...schemas, request_path };
}

function listed(id: string, forms: readonly ListedForm[]): ListedModel {
  return { id, name: id, forms } as unknown as ListedModel;
}

const both = listed('both', [
  served('workers-ai', 'author/both', '/client/v4/accounts/{account}/ai/run/author/both'),
  served('messages', 'both-1', '/v1/messages'),
]);
const chat = listed('chat', [served('chat-completions', 'chat-1', '/v1/chat/completions')]);
const models = [both, chat];

const schema: JsonObject = {
  properties: { max_tokens: { type: 'integer', minimum: 1 }, temperature: { type: 'number' } },
  required: ['max_tokens'],
};
const turns = [{ id: '1', role: 'user', parts: [textPart('Hello')] }] as const;
const shared: SharedSetup = { system: '', toolsText: '', isStreamed: false };
const setup = firstSetup(both, undefined);

function prepared(
  changes: Partial<Setup>,
  sharedChanges: Partial<SharedSetup> = {},
): ReturnType<typeof prepareRequest> {
  return prepareRequest({
    models,
    setup: { ...setup, ...changes },
    shared: { ...shared, ...sharedChanges },
    turns,
    schema,
  });
}

test('the Messages form comes first, where a model has it and nothing else is wanted', () => {
  expect(setup.form).toBe('messages');
  expect(firstSetup(both, 'workers-ai').form).toBe('workers-ai');
  expect(firstSetup(chat, undefined).form).toBe('chat-completions');
  expect(withModel(setup, chat)).toMatchObject({ modelId: 'chat', form: 'chat-completions' });
});

test('what was entered becomes a request', () => {
  const request = prepared({
    texts: { max_tokens: '10', temperature: '' },
    othersText: '{"speed":"fast"}',
    headersText: 'X-Try: west\n\nanthropic-beta:a,b',
  });
  expect(request).toMatchObject({
    kind: 'ready',
    body: {
      model: 'both-1',
      max_tokens: 10,
      speed: 'fast',
      messages: [{ role: 'user', content: 'Hello' }],
    },
    request: { path: '/v1/messages', headers: { 'x-try': 'west', 'anthropic-beta': 'a,b' } },
  });
});

test('an upstream that was chosen is named to the gateway, whatever else the headers say', () => {
  const headersText = 'x-quatrain-upstream: east';
  expect(prepared({ upstream: 'west', headersText })).toMatchObject({
    request: { headers: { 'x-quatrain-upstream': 'west' } },
  });
  const asRouted = prepared({});
  expect(asRouted).toMatchObject({ kind: 'ready', request: { headers: {} } });
  expect(JSON.stringify(asRouted)).not.toContain('upstream');
});

test('the path of the Workers AI form has an account and the model', () => {
  expect(prepared({ form: 'workers-ai' })).toMatchObject({
    request: { path: '/client/v4/accounts/playground/ai/run/author/both' },
  });
});

test.each<[string, Partial<Setup>, Partial<SharedSetup>]>([
  ['max_tokens: This has to be given.', { texts: {} }, {}],
  ['Other parameters: this is no JSON object.', { othersText: '[]' }, {}],
  ['Tools: this is no JSON list of objects.', {}, { toolsText: '{}' }],
  ['Headers: “west” is no name: value.', { headersText: 'west' }, {}],
  ['Headers: X-API-Key cannot be set here.', { headersText: 'X-API-Key: k' }, {}],
  ['Headers: cookie cannot be set here.', { headersText: 'cookie: a=b' }, {}],
])('%s', (problem, changes, sharedChanges) => {
  expect(prepared(changes, sharedChanges)).toEqual({ kind: 'problems', problems: [problem] });
});

test('nothing is sent before the schema is there', () => {
  const request = prepareRequest({ models, setup, shared, turns, schema: undefined });
  expect(request.kind).toBe('problems');
});

test('what was entered for another form is named, and only where there is something', () => {
  const texts = { max_tokens: '10', stop_sequences: 'END', thinking: ' ' };
  expect(leftBehind({ ...setup, texts }, schema)).toEqual(['stop_sequences']);
  expect(leftBehind(setup, schema)).toEqual([]);
});
