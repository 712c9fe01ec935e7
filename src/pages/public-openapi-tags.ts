import type { PublicTag } from './public-openapi-operation.ts';

/** What a part of the description is about. */
export interface TagText {
  readonly tag: PublicTag;
  readonly title: string;
  readonly description: string;
}

const texts: Readonly<Record<PublicTag, readonly [title: string, description: string]>> = {
  messages: ['Messages', 'The canonical form: messages, streams and the counting of tokens.'],
  batches: ['Message Batches', 'Many messages, made within a day.'],
  models: ['Models', 'What models an account may ask, as the Messages form lists them.'],
  files: ['Files', 'Files that messages name instead of carrying them.'],
  'chat-completions': ['Chat Completions', 'The same models, for clients of Chat Completions.'],
  'workers-ai': ['Workers AI', "Runs, on the account's API and as `env.AI` asks."],
  'workers-ai-catalog': ['Workers AI catalog', "The catalog of the account's API."],
  'gateway-urls': ['AI Gateway URLs', "What is asked through a gateway's own addresses."],
  gateways: ['AI Gateways', 'Gateways, their rules, keys, routes and logs.'],
  accounts: ['Accounts', 'What a key may know and do about its own account: keys, wallet, use.'],
  catalog: ['Catalog', 'Pages and files about models, for people and programs.'],
  health: ['Health', 'Whether the process answers, and takes requests.'],
};

/** The parts in their order. */
export const tagTexts: readonly TagText[] = (Object.keys(texts) as PublicTag[]).map((tag) => {
  const [title, description] = texts[tag];
  return { tag, title, description };
});
