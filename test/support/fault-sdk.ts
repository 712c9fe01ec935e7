import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { marksIn } from './fault-answer.ts';
import type { FaultForm } from './fault-forms.ts';
import type { CellRun } from './fault-run.ts';

/** What the official clients make of the bytes of a cell: they are who must not be deceived. */

/** The marks that a client has at the end of an answer in full; undefined where it raises. */
export async function heardBySdk({ asked, client }: CellRun): Promise<number | undefined> {
  const { form, isStream } = asked;
  const type = isStream && client.status === 200 ? 'text/event-stream' : 'application/json';
  const answered: typeof fetch = () =>
    Promise.resolve(
      new Response(client.text, {
        status: client.status ?? 0,
        headers: { 'content-type': type },
      }),
    );
  try {
    const text = await readers[form](answered, isStream);
    return text === undefined ? undefined : new Set(marksIn(text).map(String)).size;
  } catch {
    // However it says so: the answer is not one in full.
    return undefined;
  }
}

type Reader = (answered: typeof fetch, isStream: boolean) => Promise<string | undefined>;

const asked = { max_tokens: 9, messages: [{ role: 'user' as const, content: 'Hi' }] };
const model = 'claude-sonnet-4-6';

const readMessages: Reader = async (answered, isStream) => {
  const client = new Anthropic({ apiKey: 'key', fetch: answered, maxRetries: 0 });
  const message = isStream
    ? await client.messages.stream({ model, ...asked }).finalMessage()
    : await client.messages.create({ model, ...asked });
  return message.stop_reason === null ? undefined : JSON.stringify(message.content);
};

const readChat: Reader = async (answered, isStream) => {
  const client = new OpenAI({ apiKey: 'key', fetch: answered, maxRetries: 0 });
  if (!isStream) {
    const { choices } = await client.chat.completions.create({ model, ...asked });
    return JSON.stringify(choices);
  }
  const said: string[] = [];
  let isFinished = false;
  for await (const { choices } of await client.chat.completions.create({
    model,
    ...asked,
    stream: true,
  })) {
    said.push(JSON.stringify(choices));
    isFinished ||= choices.some((choice) => Boolean(choice.finish_reason));
  }
  return isFinished ? said.join('') : undefined;
};

/** A run in one piece stands in an envelope that no client of the Messages form reads. */
const readRun: Reader = async (answered, isStream) => {
  if (isStream) return readMessages(answered, isStream);
  const body = (await (await answered('')).json()) as {
    readonly success: boolean;
    readonly result?: unknown;
  };
  return body.success ? JSON.stringify(body.result) : undefined;
};

const readers: Readonly<Record<FaultForm, Reader>> = {
  messages: readMessages,
  chat: readChat,
  run: readRun,
};
