import { createInterface } from 'node:readline/promises';
import type { ErrorEnvelope } from '../messages/errors.ts';
import type { MessagesEvent } from '../messages/events.ts';
import { EventFold } from '../messages/fold-events.ts';
import { frameJson } from '../messages/frame.ts';
import { FrameSplitter } from '../messages/split-frames.ts';
import { complain, say } from './terminal.ts';

export interface ChatFlags {
  readonly url: string;
  readonly key?: string;
  readonly model: string;
  readonly system?: string;
  readonly maxTokens: number;
}

interface Turn {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

/** Talks to a gateway in the terminal: a line in, the answer as it streams. */
export async function chat(prompt: string | undefined, flags: ChatFlags): Promise<void> {
  const key = flags.key ?? process.env['QUATRAIN_API_KEY'];
  if (key === undefined || key === '') {
    complain('give a key with --key or QUATRAIN_API_KEY; "quatrain keys create" makes one');
    return;
  }
  if (prompt !== undefined) {
    await ask([{ role: 'user', content: prompt }], key, flags);
    return;
  }
  const turns: Turn[] = [];
  const lines = createInterface({ input: process.stdin, output: process.stdout, prompt: '› ' });
  say(`${flags.model} at ${flags.url}. An empty line or Ctrl-D ends.`);
  lines.prompt();
  for await (const line of lines) {
    if (line.trim() === '') break;
    turns.push({ role: 'user', content: line });
    const answer = await ask(turns, key, flags);
    if (answer === undefined) turns.pop();
    else turns.push({ role: 'assistant', content: answer });
    lines.prompt();
  }
  lines.close();
}

async function ask(
  turns: readonly Turn[],
  key: string,
  flags: ChatFlags,
): Promise<string | undefined> {
  let response: Response;
  try {
    response = await fetch(`${flags.url.replace(/\/+$/, '')}/v1/messages`, {
      method: 'POST',
      headers: {
        'x-api-key': key,
        'anthropic-version': '2023-06-01',
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        model: flags.model,
        max_tokens: flags.maxTokens,
        stream: true,
        ...(flags.system === undefined ? {} : { system: flags.system }),
        messages: turns,
      }),
    });
  } catch {
    complain(`nothing answers at ${flags.url}; start the gateway with "npm start"`);
    return undefined;
  }
  if (response.status !== 200 || response.body === null) {
    complain(errorText(await response.text(), response.status));
    return undefined;
  }
  return readAnswer(response.body);
}

async function readAnswer(body: ReadableStream<Uint8Array>): Promise<string | undefined> {
  const fold = new EventFold();
  const splitter = new FrameSplitter((type, bytes, start, end) => {
    if (type === 'none' || type === 'other') return;
    const parsed = frameJson(bytes, start, end);
    if (parsed.kind === 'malformed') return;
    const event = parsed.value as unknown as MessagesEvent;
    fold.take(event);
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') {
      process.stdout.write(event.delta.text);
    }
  });
  for await (const chunk of body) splitter.push(chunk);
  say();
  const folded = fold.result();
  if (folded.kind !== 'message') {
    complain(folded.kind === 'failed' ? JSON.stringify(folded.error) : folded.detail);
    return undefined;
  }
  const { content, stop_reason, usage } = folded.message;
  say(
    `(${stop_reason ?? ''}, ${String(usage.input_tokens)} tokens in, ${String(usage.output_tokens)} out)`,
  );
  return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
}

function errorText(body: string, status: number): string {
  try {
    const { error } = JSON.parse(body) as ErrorEnvelope;
    return `${error.type}: ${error.message}`;
  } catch {
    // Whatever answered is no gateway: its status says more than its page.
    return `the answer was a ${String(status)} and not in the API's form; is this a gateway?`;
  }
}
