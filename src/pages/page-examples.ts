import { snippetsFor } from '../catalog/snippets/snippets-for.ts';
import type { Model } from '../catalog/model.ts';
import { workersAiExamples } from '../catalog/workers-ai-examples.ts';
import { workersAiPresentations } from '../catalog/workers-ai-presentations.ts';
import { isRefusal } from '../messages/errors.ts';
import type { MessagesRequest } from '../messages/request.ts';
import type { JsonObject } from '../std/json.ts';
import { encodeRequest } from '../upstreams/chat-completions/encode-request.ts';
import { quirksOf } from '../upstreams/chat-completions/engines.ts';
import type { ExampleReading } from './answer-example.ts';
import { answerExample } from './answer-example.ts';
import type { PageBlock } from './model-page.ts';
import type { PageForm } from './page-forms.ts';

/** One of the five examples, in the terms of a form. */
export interface PageExample {
  readonly name: string;
  readonly description: string;
  readonly body: JsonObject;
  readonly blocks: readonly PageBlock[];
}

export interface ExampleTerms {
  readonly form: PageForm;
  readonly model: Model;
  /** What the model is called by in the form. */
  readonly name: string;
  readonly reading: ExampleReading;
  /** Where its code asks; the address of a gateway without a configuration where absent. */
  readonly baseUrl?: string | undefined;
}

/** The examples of a model, the first of them its usage; seeds 000 and 001 have the five. */
export function pageExamples(terms: ExampleTerms): readonly PageExample[] {
  const { form, model } = terms;
  const { inputOrder = 'system-first', outputs = {} } = workersAiPresentations[model.id] ?? {};
  return workersAiExamples(model, inputOrder).map(({ name, description, input }, at) => {
    const body = bodyIn(form, input, terms.name);
    const id = `example-${String(at + 1)}`;
    return {
      name,
      description,
      body,
      blocks: exampleBlocks({ id, body, recorded: outputs[name] }, terms),
    };
  });
}

/** A request of the canonical form in another one, by the mapping that upstreams are asked by. */
function bodyIn(form: PageForm, input: JsonObject, name: string): JsonObject {
  if (form !== 'chat-completions') return input;
  const request = { ...input, model: name } as unknown as MessagesRequest;
  const encoded = encodeRequest(request, quirksOf('quatrain', {}), name);
  if (isRefusal(encoded)) throw new Error('an example can be said in every form');
  const { model: _model, ...body } = encoded.body as unknown as JsonObject;
  return body;
}

interface AskedExample {
  readonly id: string;
  readonly body: JsonObject;
  readonly recorded: string | undefined;
}

function exampleBlocks(
  { id, body, recorded }: AskedExample,
  { form, model, name, reading, baseUrl }: ExampleTerms,
): readonly PageBlock[] {
  const options = baseUrl === undefined ? {} : { baseUrl };
  const tabs = snippetsFor({ form, model: name, body }, options).map(
    ({ client: key, label, language, code }) => ({ key, label, language, code }),
  );
  const answer = answerExample({ form, model, name, body, recorded }, reading);
  if (answer === undefined) return [{ kind: 'tabs', id, tabs }];
  return [
    { kind: 'tabs', id, tabs },
    {
      kind: 'folded',
      title: answer.isRecorded ? 'Output' : 'Output of the built-in emulator',
      language: 'markdown',
      code: answer.text,
    },
    {
      kind: 'folded',
      title: 'Raw response',
      language: answer.isStream ? 'text' : 'json',
      code: answer.raw,
    },
  ];
}
