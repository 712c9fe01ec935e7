import type { ProfileName } from '../../src/catalog/profiles.ts';
import { modelsOf } from '../../src/catalog/profiles.ts';
import { createEmulator } from '../../src/emulator/create-emulator.ts';
import type { MessagesEvent } from '../../src/messages/events.ts';
import type { Message, WireUsage } from '../../src/messages/response.ts';
import type { Operation, Upstream } from '../../src/messages/upstream.ts';
import { collect } from '../../src/std/byte-stream.ts';
import { CancellationSource } from '../../src/std/cancellation.ts';
import { ManualClock } from '../../src/std/manual-clock.ts';

const BYTES_MAX = 10_000_000;

/** The input side of a `usage`, whatever form it came in. */
export interface InputUsage {
  readonly input: number;
  readonly creation: number;
  readonly read: number;
  readonly written5m: number;
  readonly written1h: number;
}

export interface CachingEmulatorOptions {
  readonly profile?: ProfileName;
  readonly isStream?: boolean;
  readonly firstTokenMs?: number;
}

/** An emulator whose clock stands still, asked for what its answers say of the prompt cache. */
export class CachingEmulator {
  readonly clock: ManualClock = new ManualClock();
  readonly #upstream: Upstream;
  readonly #isStream: boolean;

  constructor({
    profile = 'launch',
    isStream = false,
    firstTokenMs = 0,
  }: CachingEmulatorOptions = {}) {
    this.#isStream = isStream;
    this.#upstream = createEmulator({
      clock: this.clock,
      seed: 'seed',
      pace: { firstTokenMs, tokensPerSecond: 0, pingEveryMs: 0 },
      faults: [],
      models: { describe: () => undefined, list: () => [] },
      findModel: (name) =>
        modelsOf(profile).find(({ id, aliases }) => id === name || aliases.includes(name)),
    });
  }

  /** What an answer says of its input; a refusal throws. */
  async usage(body: object, account = 'one'): Promise<InputUsage> {
    const text = await this.#answer({ ...body, stream: this.#isStream }, account);
    return this.#isStream ? streamedUsage(text) : inputUsage((JSON.parse(text) as Message).usage);
  }

  /** The whole message; a refusal throws. */
  async message(body: object, account = 'one'): Promise<Message> {
    return JSON.parse(await this.#answer(body, account)) as Message;
  }

  async count(body: object, account = 'one'): Promise<number> {
    const text = await this.#answer(body, account, 'messages.count_tokens');
    return (JSON.parse(text) as { readonly input_tokens: number }).input_tokens;
  }

  /** What a refusal says; undefined where the request was answered. */
  async refused(body: object): Promise<string | undefined> {
    const answer = await this.#send({ ...body }, 'one', 'messages.create');
    return answer.kind === 'refusal' ? answer.detail : undefined;
  }

  async #answer(
    body: object,
    account: string,
    operation: Operation = 'messages.create',
  ): Promise<string> {
    const answer = await this.#send(body, account, operation);
    if (answer.kind === 'refusal') throw new Error(`refused: ${answer.detail ?? answer.code}`);
    const collected = await collect(answer.body, BYTES_MAX, new CancellationSource());
    if (collected.kind === 'fault') throw new Error(collected.fault.detail);
    return Buffer.from(collected.bytes).toString();
  }

  #send(body: object, account: string, operation: Operation): ReturnType<Upstream['send']> {
    return this.#upstream.send(
      {
        operation,
        method: 'POST',
        path: '/v1/messages',
        headers: ['anthropic-version', '2023-06-01'],
        body: Buffer.from(JSON.stringify(body)),
        stream: false,
        requestId: 'req_test',
        account,
      },
      new CancellationSource(),
    );
  }
}

function inputUsage(usage: WireUsage): InputUsage {
  return {
    input: usage.input_tokens,
    creation: usage.cache_creation_input_tokens ?? Number.NaN,
    read: usage.cache_read_input_tokens ?? Number.NaN,
    written5m: usage.cache_creation?.ephemeral_5m_input_tokens ?? Number.NaN,
    written1h: usage.cache_creation?.ephemeral_1h_input_tokens ?? Number.NaN,
  };
}

/** A stream says it twice, and both must say the same; the split by lifetime stands in the first. */
function streamedUsage(text: string): InputUsage {
  const events = text
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame) => JSON.parse(frame.split('\ndata: ')[1] ?? '') as MessagesEvent);
  const start = events.find((event) => event.type === 'message_start')?.message.usage;
  const end = events.find((event) => event.type === 'message_delta')?.usage;
  if (start === undefined || end === undefined) throw new Error('the stream has no usage');
  const started = inputUsage(start);
  const { input_tokens: input, cache_creation_input_tokens: creation } = end;
  const same = input === started.input && creation === started.creation;
  if (!same || end.cache_read_input_tokens !== started.read) {
    throw new Error('message_start and message_delta differ');
  }
  return started;
}
