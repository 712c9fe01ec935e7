import type { LanguageModel } from 'ai';
import type { JsonObject } from '../../src/std/json.ts';
import type { TestGateway } from './start-test-gateway.ts';

/** One of the client's providers, pointed at a gateway. */
export interface AiSdkConnection {
  /** The model of the tests, or one of another name. */
  readonly model: (name?: string) => LanguageModel;
  /** Bodies that went over the wire so far, as JSON. */
  readonly bodies: readonly JsonObject[];
  /** The gateway behind it. */
  readonly gateway: TestGateway;
}

type ProviderOptions = Readonly<Record<string, JsonObject>>;

/** What differs between the providers; what they have in common is tested once for each. */
export interface AiSdkFace {
  readonly name: string;
  readonly modelName: string;
  readonly answerId: RegExp;
  /** How the provider reports why an answer ended. */
  readonly endings: {
    readonly turn: string;
    readonly sequence: string;
    readonly length: string;
    readonly tools: string;
    readonly refusal: string;
  };
  /** Statuses of what the upstream refuses for want of capacity. */
  readonly overloadedStatus: number;
  /** Whether the client calls a stream without its end an error. */
  readonly noticesMissingEnd: boolean;
  /** Asks for thinking with a budget of 2,000 tokens. */
  readonly thinking: { readonly [provider: string]: JsonObject };
  /** Marks a message as the end of a cached prefix. */
  readonly cachedPrefix: ProviderOptions;
  readonly connect: (gateway: TestGateway, more?: AiSdkConnectionOptions) => AiSdkConnection;
}

export interface AiSdkConnectionOptions {
  readonly apiKey?: string;
  readonly headers?: Record<string, string>;
}

/** A `fetch` that notes the JSON it sends. */
export function noteBodies(bodies: JsonObject[]): typeof fetch {
  return (input, init) => {
    if (typeof init?.body === 'string') bodies.push(JSON.parse(init.body) as JsonObject);
    return fetch(input, init);
  };
}

/** All that an asynchronous iterable gives. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/** What a promise is rejected with. */
export async function failureOf(promise: PromiseLike<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('It was expected to fail, and did not');
    },
    (error: unknown) => error,
  );
}
