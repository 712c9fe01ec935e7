import { DEFAULT_BASE_URL } from '../catalog/snippets/call-request.ts';
import type { PageBlock } from './model-page.ts';
import type { PageForm } from './page-forms.ts';

/** What each form's code needs to be installed. */
const packages: Readonly<Record<PageForm, string>> = {
  messages:
    'The SDKs are installed with `npm install @anthropic-ai/sdk` and `pip install anthropic`.',
  'chat-completions': 'The SDKs are installed with `npm install openai` and `pip install openai`.',
  'workers-ai':
    '`env.AI` is the binding of a Worker. Programs that are no Worker have `createAI` of the package `quatrain`, or `pip install requests`.',
};

/** What a reader does before the first call, so that the code below it runs as it is; seed 002. */
export function setupBlock(form: PageForm, baseUrl: string = DEFAULT_BASE_URL): PageBlock {
  return {
    kind: 'list',
    items: [
      'Make a key in the console or with `quatrain keys create`, and set `QUATRAIN_API_KEY` to it.',
      `The code asks \`${baseUrl}\`; set \`QUATRAIN_BASE_URL\` where the gateway is reached at another address.`,
      packages[form],
    ],
  };
}
