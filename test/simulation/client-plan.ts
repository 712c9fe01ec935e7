import { accountDialect } from '../../src/dialects/workers-ai/account-dialect.ts';
import { chatCompletionsDialect } from '../../src/dialects/chat-completions/chat-completions-dialect.ts';
import type { Dialect, RouteTarget } from '../../src/dialects/dialect.ts';
import { messagesDialect } from '../../src/dialects/messages/messages-dialect.ts';
import type { SeededRandom } from './seeded-random.ts';

export const forms = ['messages', 'chat', 'workers-ai'] as const;
export type Form = (typeof forms)[number];

/** When somebody leaves who does not wait for the end. */
export type Leaving =
  | { readonly kind: 'stays' }
  | { readonly kind: 'after'; readonly ms: number }
  /** As this chunk of the body arrives, before or after it was taken. */
  | { readonly kind: 'at-chunk'; readonly chunk: number; readonly takesIt: boolean }
  /** Takes no more from this chunk on, until the edge gives it up. */
  | { readonly kind: 'stops-reading'; readonly chunk: number };

/** One request that somebody is going to make. */
export interface ClientPlan {
  readonly number: number;
  readonly form: Form;
  readonly keyName: string;
  readonly modelId: string;
  readonly isStream: boolean;
  readonly maxTokens: number;
  /** How long the answer is going to be. */
  readonly words: number;
  readonly promptLetters: number;
  readonly caches: '5m' | '1h' | undefined;
  readonly leaving: Leaving;
  readonly readsSlowly: boolean;
  readonly wantsCost: boolean;
  /** One of a batch: it is asked again until it has an end, under the same name. */
  readonly batchItem: string | undefined;
  /** Asked with it, again and again, until there is an answer. */
  readonly idempotencyKey: string | undefined;
}

/** How somebody's clients are. */
export interface ClientHabits {
  readonly leaves: number;
  readonly keyNames: readonly string[];
}

export function planClient(
  number: number,
  { leaves, keyNames }: ClientHabits,
  random: SeededRandom,
): ClientPlan {
  const words = answerLength(random);
  const isStream = random.chance(0.7);
  const caching = random.weighted({ none: 8, '5m': 1, '1h': 1 });
  const isBatchItem = !isStream && random.chance(0.2);
  const form = isBatchItem
    ? 'messages'
    : random.weighted({ messages: 6, chat: 2, 'workers-ai': 2 });
  return {
    number,
    form,
    keyName: random.pick(keyNames),
    modelId: random.chance(0.7) ? 'claude-sonnet-4-6' : 'claude-haiku-4-5-20251001',
    isStream,
    maxTokens: Math.min(16_000, words + random.pick([0, 1, 100, 4000])),
    words,
    promptLetters: random.pick([0, 40, 400]),
    caches: form !== 'messages' || caching === 'none' ? undefined : caching,
    leaving: !isBatchItem && random.chance(leaves) ? leavingOf(random) : { kind: 'stays' },
    readsSlowly: isStream && random.chance(0.1),
    wantsCost: isStream && random.chance(0.3),
    batchItem: isBatchItem ? `item_${String(number)}` : undefined,
    idempotencyKey: !isBatchItem && random.chance(0.15) ? `key_${String(number)}` : undefined,
  };
}

function answerLength(random: SeededRandom): number {
  const length = random.weighted({ short: 78, long: 20, longest: 2 });
  if (length === 'short') return random.between(1, 40);
  return length === 'long' ? random.between(40, 300) : random.between(300, 2500);
}

function leavingOf(random: SeededRandom): Leaving {
  const kind = random.weighted({ after: 2, 'at-chunk': 3, 'stops-reading': 1 });
  if (kind === 'after') return { kind, ms: random.between(0, 3000) };
  const chunk = random.between(1, 4);
  return kind === 'stops-reading' ? { kind, chunk } : { kind, chunk, takesIt: random.chance(0.5) };
}

/** The number by which the upstream finds the plan of a request. */
export const numberMark: RegExp = /#(\d+) /;

/** A request as its form writes it. */
export interface WrittenRequest {
  readonly dialect: Dialect;
  readonly target: RouteTarget;
  readonly body: Buffer;
}

const NO_PARAMS = { params: {}, query: '' };

export function writeRequest(plan: ClientPlan): WrittenRequest {
  const { number, promptLetters, maxTokens, isStream, modelId, caches } = plan;
  const text = `#${String(number)} ${'x'.repeat(promptLetters)}`;
  const asked = { max_tokens: maxTokens, stream: isStream };
  const said = { messages: [{ role: 'user', content: text }] };
  switch (plan.form) {
    case 'messages': {
      const ttl = caches === '1h' ? { ttl: '1h' } : {};
      const cacheControl = { cache_control: { type: 'ephemeral', ...ttl } };
      const content = [{ type: 'text', text, ...(caches === undefined ? {} : cacheControl) }];
      const body = { model: modelId, ...asked, messages: [{ role: 'user', content }] };
      return { dialect: messagesDialect, target: NO_PARAMS, body: bytesOf(body) };
    }
    case 'chat':
      return {
        dialect: chatCompletionsDialect,
        target: NO_PARAMS,
        body: bytesOf({ model: modelId, ...asked, ...said }),
      };
    case 'workers-ai': {
      const model = formNames[modelId] ?? modelId;
      const params = { account: 'a', model };
      const body = bytesOf({ ...asked, ...said });
      return { dialect: accountDialect, target: { params, query: '' }, body };
    }
  }
}

const formNames: Readonly<Record<string, string>> = {
  'claude-sonnet-4-6': 'anthropic/claude-sonnet-4.6',
  'claude-haiku-4-5-20251001': 'anthropic/claude-haiku-4.5',
};

function bytesOf(body: object): Buffer {
  return Buffer.from(JSON.stringify(body));
}
