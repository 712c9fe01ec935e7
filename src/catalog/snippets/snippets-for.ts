import { workersAiSnippet } from '../workers-ai-snippet.ts';
import type { CallRequest } from './call-request.ts';
import { callRequest } from './call-request.ts';
import { curlSnippet } from './curl-snippet.ts';
import { chatPython, messagesPython, workersAiPython } from './python-snippets.ts';
import type { Snippet, SnippetForm, SnippetOptions, SnippetRequest } from './snippet.ts';
import { chatTypescript, messagesTypescript, workersAiTypescript } from './typescript-snippets.ts';

type Writer = Omit<Snippet, 'code'> & { readonly write: (request: CallRequest) => string };

/** What a form's pages show, in their order. */
const writers: Readonly<Record<SnippetForm, readonly Writer[]>> = {
  messages: [
    curl('messages'),
    {
      client: 'anthropic-typescript',
      label: 'TypeScript (Anthropic SDK)',
      language: 'typescript',
      write: messagesTypescript,
    },
    {
      client: 'anthropic-python',
      label: 'Python (Anthropic SDK)',
      language: 'python',
      write: messagesPython,
    },
  ],
  'chat-completions': [
    curl('chat-completions'),
    {
      client: 'openai-typescript',
      label: 'TypeScript (OpenAI SDK)',
      language: 'typescript',
      write: chatTypescript,
    },
    {
      client: 'openai-python',
      label: 'Python (OpenAI SDK)',
      language: 'python',
      write: chatPython,
    },
  ],
  'workers-ai': [
    {
      client: 'workers-ai-binding',
      label: 'TypeScript (env.AI)',
      language: 'typescript',
      write: ({ model, members, headers }) =>
        workersAiSnippet(model, Object.fromEntries(members), headers),
    },
    {
      client: 'workers-ai-typescript',
      label: 'TypeScript (createAI)',
      language: 'typescript',
      write: workersAiTypescript,
    },
    curl('workers-ai'),
    {
      client: 'requests-python',
      label: 'Python (requests)',
      language: 'python',
      write: workersAiPython,
    },
  ],
};

function curl(form: SnippetForm): Writer {
  return {
    client: 'curl',
    label: 'cURL',
    language: 'sh',
    write: (request) => curlSnippet(form, request),
  };
}

/** The code that makes a request, with each client that readers of the form's pages have. */
export function snippetsFor(
  request: SnippetRequest,
  options: SnippetOptions = {},
): readonly Snippet[] {
  const call = callRequest(request, options);
  return writers[request.form].map(({ write, ...about }) => ({ ...about, code: write(call) }));
}
