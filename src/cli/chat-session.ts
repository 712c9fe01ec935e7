import { systemClock } from '../std/clock.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject, parseJson } from '../std/json.ts';
import type { GatewayAccess } from './ask-gateway.ts';
import { askGateway, messagesHeaders, requestIdOf } from './ask-gateway.ts';
import type { AnswerPiece, AnswerReader, ChatAnswer } from './chat-answer.ts';
import { ChatAnswerReader } from './chat-answer-reader.ts';
import type { Attachment, ChatForm, ChatSettings, Turn } from './chat-question.ts';
import { encodeQuestion } from './chat-question.ts';
import { CommandProblem } from './command-problem.ts';
import { MessagesAnswerReader } from './messages-answer-reader.ts';
import { readServerEvents } from './read-server-events.ts';

const readers: Readonly<Record<ChatForm, () => AnswerReader>> = {
  messages: () => new MessagesAnswerReader(),
  chat: () => new ChatAnswerReader(),
};

const COST_COMMENT = 'cost ';
const TURNS_MAX = 1000;

/** A conversation with a gateway: what was said so far, and how to ask next. */
export class ChatSession {
  settings: ChatSettings;
  readonly #access: GatewayAccess;
  #turns: readonly Turn[] = [];
  #attached: readonly Attachment[] = [];

  constructor(access: GatewayAccess, settings: ChatSettings) {
    this.#access = access;
    this.settings = settings;
  }

  get turns(): readonly Turn[] {
    return this.#turns;
  }

  /** Files that go with the next question. */
  get attached(): readonly Attachment[] {
    return this.#attached;
  }

  attach(attachment: Attachment): void {
    this.#attached = [...this.#attached, attachment];
  }

  /** Forgets what was said; how to ask stays. */
  clear(): void {
    this.#turns = [];
    this.#attached = [];
  }

  /**
   * Asks, and reads the answer as it streams. One that is stopped is kept as far as it came. A question
   * without an answer is no part of the conversation.
   */
  async ask(
    text: string,
    signal: AbortSignal,
    onPiece: (piece: AnswerPiece) => void,
  ): Promise<ChatAnswer> {
    if (this.#turns.length >= TURNS_MAX) {
      throw new CommandProblem(
        `this conversation is ${String(TURNS_MAX)} turns long; /clear ends it`,
      );
    }
    const question: Turn = { role: 'user', text, attachments: this.#attached };
    const answer = await this.#read([...this.#turns, question], signal, onPiece);
    const hasContent = answer.text !== '' || (answer.blocks?.length ?? 0) > 0;
    if (hasContent) {
      const { text: said, blocks } = answer;
      this.#turns = [...this.#turns, question, { role: 'assistant', text: said, blocks }];
    }
    this.#attached = [];
    return answer;
  }

  async #read(
    turns: readonly Turn[],
    signal: AbortSignal,
    onPiece: (piece: AnswerPiece) => void,
  ): Promise<ChatAnswer> {
    const reading = new AnswerReading(readers[this.settings.form](), onPiece);
    try {
      await reading.take(await this.#send(turns, signal));
    } catch (error) {
      if (!signal.aborted) throw problemOf(error);
    }
    return reading.answer(signal.aborted);
  }

  async #send(turns: readonly Turn[], signal: AbortSignal): Promise<Response> {
    const { path, body } = encodeQuestion(turns, this.settings);
    return askGateway(this.#access, {
      method: 'POST',
      path,
      headers: {
        ...(this.settings.form === 'messages' ? messagesHeaders : {}),
        'x-quatrain-cost-comment': 'true',
      },
      body: JSON.stringify(body),
      signal,
    });
  }

  /** What was said, for a file: Markdown for people, JSON for programs. */
  transcript(kind: 'markdown' | 'json'): string {
    const { model, system } = this.settings;
    if (kind === 'json') {
      const messages = this.#turns.map((turn) => encodeTurn(turn));
      return `${JSON.stringify({ model, system: system ?? null, messages }, undefined, 2)}\n`;
    }
    const said = this.#turns.map(({ role, text, attachments = [] }) => {
      const files = attachments.map(({ name }) => `*${name}*\n\n`).join('');
      return `## ${role === 'user' ? 'You' : model}\n\n${files}${text}\n`;
    });
    return said.join('\n');
  }
}

/** One answer while it streams, with the times of it. */
class AnswerReading {
  readonly #reader: AnswerReader;
  readonly #onPiece: (piece: AnswerPiece) => void;
  readonly #startedMs: number = systemClock.monotonicMs();
  readonly #said = { text: '', thinking: '' };
  #cost: JsonObject | undefined;
  #requestId: string | undefined;
  #firstMs: number | undefined;

  constructor(reader: AnswerReader, onPiece: (piece: AnswerPiece) => void) {
    this.#reader = reader;
    this.#onPiece = onPiece;
  }

  async take(response: Response): Promise<void> {
    this.#requestId = requestIdOf(response);
    for await (const event of readServerEvents(bodyOf(response))) {
      if (event.kind === 'comment') this.#cost ??= costIn(event.text);
      else for (const piece of this.#reader.take(event.data)) this.#note(piece);
    }
  }

  /** The answer, or as much of it as there was when somebody stopped it. */
  answer(isStopped: boolean): ChatAnswer {
    const soFar = this.#reader.soFar();
    const isInterrupted = isStopped && !soFar.isComplete;
    const requestId = this.#requestId;
    if (!soFar.isComplete && !isInterrupted) {
      throw new CommandProblem('the answer broke off before its end', { request_id: requestId });
    }
    const totalMs = this.#elapsedMs();
    const [cost, firstMs] = [this.#cost, this.#firstMs];
    return { ...soFar, ...this.#said, cost, requestId, isInterrupted, firstMs, totalMs };
  }

  #note(piece: AnswerPiece): void {
    this.#firstMs ??= this.#elapsedMs();
    if (piece.kind === 'text' || piece.kind === 'thinking') this.#said[piece.kind] += piece.text;
    this.#onPiece(piece);
  }

  #elapsedMs(): number {
    return systemClock.monotonicMs() - this.#startedMs;
  }
}

function encodeTurn({ role, text, attachments = [], blocks }: Turn): JsonObject {
  const files = attachments.map(({ name }) => name);
  const content: JsonValue = blocks ?? text;
  return { role, content, ...(files.length === 0 ? {} : { files }) };
}

function bodyOf(response: Response): ReadableStream<Uint8Array> {
  if (response.body !== null) return response.body;
  throw new CommandProblem('the answer is empty; is this a gateway?');
}

function costIn(comment: string): JsonObject | undefined {
  if (!comment.startsWith(COST_COMMENT)) return undefined;
  const parsed = parseJson(comment.slice(COST_COMMENT.length));
  return parsed.kind === 'value' && isJsonObject(parsed.value) ? parsed.value : undefined;
}

/** A connection that breaks while it is read is no bug of ours. */
function problemOf(error: unknown): unknown {
  if (!(error instanceof TypeError)) return error;
  return new CommandProblem('the connection broke before the answer was over', {
    type: 'connection_error',
    cause: error.cause instanceof Error ? error.cause.message : error.message,
  });
}
