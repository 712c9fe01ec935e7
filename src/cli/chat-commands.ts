import { writeFileSync } from 'node:fs';
import { attachFile } from './attach-file.ts';
import type { ChatSession } from './chat-session.ts';
import { CommandProblem } from './command-problem.ts';
import { fileReason } from './file-reason.ts';

/** What a command of the chat did, in words; `exit` ends it. */
export type CommandOutcome =
  | { readonly kind: 'said'; readonly text: string }
  | { readonly kind: 'exit' };

interface ChatCommand {
  readonly usage: string;
  readonly what: string;
  readonly run: (session: ChatSession, rest: string) => string;
}

const commands: Readonly<Record<string, ChatCommand>> = {
  help: { usage: '/help', what: 'show this', run: () => helpText() },
  model: {
    usage: '/model [name]',
    what: 'show the model, or ask another one from now on',
    run: (session, rest) => {
      if (rest !== '') session.settings = { ...session.settings, model: rest };
      return `The model is ${session.settings.model}.`;
    },
  },
  system: {
    usage: '/system [text]',
    what: 'set the system prompt; without a text there is none',
    run: (session, rest) => {
      session.settings = { ...session.settings, system: rest === '' ? undefined : rest };
      return rest === '' ? 'There is no system prompt.' : 'The system prompt is set.';
    },
  },
  thinking: {
    usage: '/thinking on|off',
    what: 'let the model think before it answers, or not',
    run: (session, rest) => {
      if (rest !== 'on' && rest !== 'off') throw new CommandProblem('write /thinking on or off');
      session.settings = { ...session.settings, thinking: rest === 'on' };
      return `Thinking is ${rest}.`;
    },
  },
  file: {
    usage: '/file <path>',
    what: 'send a picture, a PDF or a text with the next question',
    run: (session, rest) => {
      if (rest === '') throw new CommandProblem('write /file and a path');
      session.attach(attachFile(rest));
      const names = session.attached.map(({ name }) => name);
      return `With the next question: ${names.join(', ')}.`;
    },
  },
  clear: {
    usage: '/clear',
    what: 'forget what was said',
    run: (session) => {
      session.clear();
      return 'A new conversation.';
    },
  },
  save: {
    usage: '/save <file>',
    what: 'write what was said to a new file: JSON for .json, else Markdown',
    run: saveTranscript,
  },
};

const exits: ReadonlySet<string> = new Set(['exit', 'quit']);
const EXIT_USAGE = '/exit';

/** Carries out a line that begins with a slash. */
export function runChatCommand(line: string, session: ChatSession): CommandOutcome {
  const [, name = '', rest = ''] = /^\/(\S*)\s*([\s\S]*)$/.exec(line.trim()) ?? [];
  if (exits.has(name)) return { kind: 'exit' };
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    throw new CommandProblem(`there is no command /${name}; /help shows those there are`);
  }
  return { kind: 'said', text: command.run(session, rest.trim()) };
}

function helpText(): string {
  const rows = [
    ...Object.values(commands).map(({ usage, what }) => [usage, what] as const),
    [EXIT_USAGE, 'end; so do Ctrl-D and an empty line'] as const,
  ];
  return [
    ...rows.map(([usage, what]) => `${usage.padEnd(18)} ${what}`),
    'A line that ends with \\ goes on with the next one. Ctrl-C stops an answer.',
  ].join('\n');
}

function saveTranscript(session: ChatSession, path: string): string {
  if (path === '') throw new CommandProblem('write /save and the name of a file');
  const text = session.transcript(path.endsWith('.json') ? 'json' : 'markdown');
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw new CommandProblem(`${path} cannot be written: ${fileReason(error)}`);
  }
  return `${String(session.turns.length)} turns are in ${path}.`;
}
