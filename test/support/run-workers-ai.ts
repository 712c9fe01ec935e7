import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import { workersAiSchemasOf } from '../../src/catalog/workers-ai-schemas.ts';
import { resolveModel } from '../../src/catalog/resolve-model.ts';
import type { RawAnswer } from './post.ts';
import { sendRaw } from './post.ts';
import type { TestGateway } from './start-test-gateway.ts';

/** Runs on the routes that the class behind `env.AI` calls, as bytes; Workers reference §1.2. */

export const SONNET = 'anthropic/claude-sonnet-4.6';

export const user: { readonly role: string; readonly content: string } = {
  role: 'user',
  content: 'hi',
};
/** The inputs of the reference's cases. */
export const plainInputs: Readonly<Record<string, unknown>> = { messages: [user], max_tokens: 5 };

export interface Run {
  readonly model?: string;
  /** What differs from the plain inputs; undefined leaves a member out. */
  readonly change?: object;
  readonly inputs?: unknown;
  readonly options?: unknown;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the binding would send, with the key that a development server adds. */
export function run(gateway: TestGateway, asked: Run = {}): Promise<RawAnswer> {
  const { model = SONNET, change = {}, inputs, options = {}, headers = {} } = asked;
  return sendRaw(`${gateway.url}${asked.path ?? '/run?version=3'}`, {
    headers: {
      authorization: `Bearer ${gateway.key}`,
      'content-type': 'application/json',
      'cf-consn-sdk-version': '2.0.0',
      'cf-consn-model-id': model,
      ...headers,
    },
    body: JSON.stringify({ inputs: inputs ?? { ...plainInputs, ...change }, options }),
  });
}

/** The same over the account's API; the path names the model, the body is the inputs. */
export function runOverRest(
  gateway: TestGateway,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = { authorization: `Bearer ${gateway.key}` },
): Promise<RawAnswer> {
  return sendRaw(`${gateway.url}/client/v4/accounts/a/ai${path}`, {
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

export interface Thrown {
  readonly name: string;
  readonly message: string;
}

/** What the binding throws for an error's body; Workers reference §1.5. */
export function thrownOf({ body }: RawAnswer): Thrown {
  const text = body.toString();
  const { internalCode, description, name, errors } = JSON.parse(text) as {
    readonly internalCode?: number;
    readonly description?: string;
    readonly name?: string;
    readonly errors?: readonly { readonly code: number; readonly message: string }[];
  };
  if (internalCode !== undefined && internalCode !== 0) {
    const message = `${String(internalCode)}: ${String(description)}`;
    return { name: name ?? 'InferenceUpstreamError', message };
  }
  const [first] = errors ?? [];
  const message = first === undefined ? text : `${String(first.code)}: ${first.message}`;
  return { name: 'InferenceUpstreamError', message };
}

/** Status, and what the binding throws. */
export function refusedAs(answer: RawAnswer): readonly [number, string, string] {
  const { name, message } = thrownOf(answer);
  return [answer.status, name, message];
}

export interface RunResult {
  readonly id: string;
  readonly content: readonly { readonly type: string; readonly text?: string }[];
  readonly model: string;
  readonly stop_reason: string | null;
  readonly usage: Readonly<Record<string, number>>;
  readonly gatewayMetadata: { readonly keySource: string };
}

const sonnet = resolveModel('claude-sonnet-4-6');
if (sonnet === undefined) throw new Error('the registry has no Sonnet 4.6');
const fitsOutput = new Ajv2020({ strict: false }).compile(workersAiSchemasOf(sonnet).outputSchema);

/** A result, which has to be valid by the seed's output schema. */
export function resultIn(answer: RawAnswer): RunResult {
  expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/json']);
  const result: unknown = JSON.parse(answer.body.toString());
  expectSeedOutput(result);
  return result as RunResult;
}

export function expectSeedOutput(result: unknown): void {
  expect([fitsOutput(result), fitsOutput.errors]).toEqual([true, null]);
}
