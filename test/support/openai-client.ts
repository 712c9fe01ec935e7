import OpenAI from 'openai';
import type { TestGateway } from './start-test-gateway.ts';

/** The official client of the form before a gateway; it does not retry unless a test says so. */
export function openAiClient(
  { url, key }: Pick<TestGateway, 'url' | 'key'>,
  more: ConstructorParameters<typeof OpenAI>[0] = {},
): OpenAI {
  return new OpenAI({
    baseURL: `${url}/v1`,
    apiKey: key,
    maxRetries: 0,
    logLevel: 'off',
    ...more,
  });
}

/** What a call is refused with; fails the test where it is not. */
export async function failureOf(
  call: PromiseLike<unknown>,
): Promise<InstanceType<typeof OpenAI.APIError>> {
  const failure: unknown = await Promise.resolve(call).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure instanceof OpenAI.APIError) return failure;
  throw new Error(`not refused by the API: ${String(failure)}`);
}
