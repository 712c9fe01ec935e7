import { createInterface } from 'node:readline';
import type { GatewayAccess } from './ask-gateway.ts';
import { attachFile } from './attach-file.ts';
import { encodeAnswer } from './chat-answer.ts';
import { runChatCommand } from './chat-commands.ts';
import type { ChatForm } from './chat-question.ts';
import { chatForms } from './chat-question.ts';
import { ChatSession } from './chat-session.ts';
import type { ChatOut } from './chat-view.ts';
import { ChatView } from './chat-view.ts';
import { CommandProblem, usageProblem } from './command-problem.ts';
import { paintFor } from './paint.ts';
import { QuestionReader, readStdin } from './read-question.ts';
import { say } from './terminal.ts';
import { watchLeaving } from './watch-leaving.ts';

export interface ChatFlags {
  readonly url: string;
  readonly key?: string;
  readonly model: string;
  readonly form: string;
  readonly system?: string;
  readonly maxTokens?: number;
  readonly thinking?: boolean;
  readonly file?: readonly string[];
  readonly lines?: boolean;
  readonly color?: boolean;
  readonly json?: boolean;
}

const EXIT_INTERRUPTED = 130;

/** Talks to a gateway: one question, what is piped in, or line by line. */
export async function chat(prompt: string | undefined, flags: ChatFlags): Promise<void> {
  const session = sessionOf(flags);
  for (const path of flags.file ?? []) session.attach(attachFile(path));
  if (flags.lines === true) {
    await chatByLines(session, flags);
    return;
  }
  if (prompt === undefined && process.stdin.isTTY) {
    await chatByTyping(session, flags);
    return;
  }
  const piped = await readStdin(prompt !== undefined);
  const question = [piped, prompt ?? ''].filter((text) => text !== '').join('\n\n');
  if (question === '') throw usageProblem('give a question, or pipe one in');
  const { isInterrupted } = await talk(session, question, flags);
  if (isInterrupted) process.exitCode = EXIT_INTERRUPTED;
}

/** What a key may be used for, and where; from flags and variables. */
export function inferenceAccess(flags: {
  readonly url: string;
  readonly key?: string;
}): GatewayAccess {
  const key = flags.key ?? process.env['QUATRAIN_API_KEY'] ?? '';
  if (key !== '') return { url: flags.url, key };
  throw new CommandProblem(
    'give a key with --key or QUATRAIN_API_KEY; "quatrain keys create" makes one',
  );
}

function sessionOf(flags: ChatFlags): ChatSession {
  const { model, system, maxTokens, thinking = false } = flags;
  const settings = { form: formOf(flags.form), model, system, maxTokens, thinking };
  return new ChatSession(inferenceAccess(flags), settings);
}

function formOf(word: string): ChatForm {
  const form = chatForms.find((known) => known === word);
  if (form !== undefined) return form;
  throw usageProblem(`--form is one of ${chatForms.join(', ')}`);
}

/** Questions and commands from a file or a pipe, one a line. */
async function chatByLines(session: ChatSession, flags: ChatFlags): Promise<void> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) {
    if (line.trim() === '') continue;
    if (!(await takeLine(session, line, flags))) break;
  }
  lines.close();
}

/** Questions and commands from a terminal; what goes wrong there has been read, and fails nothing. */
async function chatByTyping(session: ChatSession, flags: ChatFlags): Promise<void> {
  const { model } = session.settings;
  process.stderr.write(`${model} at ${flags.url}. /help shows what there is; Ctrl-D ends.\n`);
  const reader = new QuestionReader();
  let wasInterrupted = false;
  for (;;) {
    const typed = await reader.read('› ');
    if (typed.kind === 'end') break;
    if (typed.kind === 'interrupted') {
      if (wasInterrupted) break;
      wasInterrupted = true;
      process.stderr.write('Ctrl-C once more, Ctrl-D or /exit ends.\n');
      continue;
    }
    wasInterrupted = false;
    if (typed.text.trim() === '') break;
    if (!(await takeLine(session, typed.text, flags))) break;
  }
  process.exitCode = 0;
}

/** A question or a command; whether the chat goes on. */
async function takeLine(session: ChatSession, line: string, flags: ChatFlags): Promise<boolean> {
  if (!line.startsWith('/')) {
    await talk(session, line, flags);
    return true;
  }
  try {
    const outcome = runChatCommand(line, session);
    if (outcome.kind === 'exit') return false;
    process.stderr.write(`${outcome.text}\n`);
  } catch (error) {
    if (!(error instanceof CommandProblem)) throw error;
    error.tell();
  }
  return true;
}

/** Asks and shows the answer, or why there is none. */
async function talk(
  session: ChatSession,
  question: string,
  flags: ChatFlags,
): Promise<{ readonly isInterrupted: boolean }> {
  const view = flags.json === true ? undefined : new ChatView(chatOut(flags));
  const stopping = new AbortController();
  const forget = watchLeaving(() => {
    stopping.abort();
  });
  try {
    const answer = await session.ask(question, stopping.signal, (piece) => view?.piece(piece));
    if (view === undefined) say(JSON.stringify(encodeAnswer(answer)));
    else view.end(answer);
    return answer;
  } catch (error) {
    view?.stop();
    if (!(error instanceof CommandProblem)) throw error;
    error.tell();
    return { isInterrupted: false };
  } finally {
    forget();
  }
}

function chatOut({ color }: ChatFlags): ChatOut {
  const { stdout, stderr, env } = process;
  const painted = color === undefined ? {} : { color };
  return {
    answer: (text) => stdout.write(text),
    aside: (text) => stderr.write(text),
    isShared: stdout.isTTY && stderr.isTTY,
    paint: paintFor({ ...painted, isTerminal: stderr.isTTY, env }),
  };
}
