import type { JsonValue } from '../../std/json.ts';
import type { CallRequest } from './call-request.ts';
import { EARLIER_VERSION } from './call-request.ts';
import { writeLiteral } from './literal.ts';
import type { SdkName } from './sdk-parameters.ts';
import { sortedForSdk } from './sdk-parameters.ts';
import { typescriptName, typescriptSyntax, typescriptText } from './typescript-literal.ts';

/** The SDK for messages. */
export function messagesTypescript(request: CallRequest): string {
  return [
    `import Anthropic from '@anthropic-ai/sdk'`,
    '',
    'const client = new Anthropic({',
    '  apiKey: process.env.QUATRAIN_API_KEY,',
    `  baseURL: process.env.QUATRAIN_BASE_URL ?? ${typescriptText(request.baseUrl)},`,
    ...headersOf(request),
    ...waitOf(request),
    '})',
    '',
    ...(request.isStream ? streamedMessage(request) : wholeMessage(request)),
  ].join('\n');
}

function wholeMessage(request: CallRequest): readonly string[] {
  const { hasTools } = request;
  return [
    'const message = await client.messages.create({',
    ...argumentLines(request, 'messages'),
    '})',
    'for (const block of message.content) {',
    `  if (block.type === 'text') console.log(block.text)`,
    ...(hasTools ? [`  if (block.type === 'tool_use') console.log(block.name, block.input)`] : []),
    '}',
  ];
}

/** The SDK's way to stream says by itself that it streams. */
function streamedMessage(request: CallRequest): readonly string[] {
  const members = request.members.filter(([name]) => name !== 'stream');
  return [
    'const stream = client.messages.stream({',
    ...argumentLines({ ...request, members }, 'messages'),
    '})',
    `stream.on('text', (text) => process.stdout.write(text))`,
    ...(request.hasTools
      ? [
          'const message = await stream.finalMessage()',
          'console.log()',
          'for (const block of message.content) {',
          `  if (block.type === 'tool_use') console.log(block.name, block.input)`,
          '}',
        ]
      : ['await stream.finalMessage()', 'console.log()']),
  ];
}

/** The SDK for Chat Completions. */
export function chatTypescript(request: CallRequest): string {
  const { isStream, hasTools, baseUrl } = request;
  return [
    `import OpenAI from 'openai'`,
    '',
    'const client = new OpenAI({',
    '  apiKey: process.env.QUATRAIN_API_KEY,',
    `  baseURL: \`\${process.env.QUATRAIN_BASE_URL ?? ${typescriptText(baseUrl)}}/v1\`,`,
    ...headersOf({ ...request, isOfEarlierVersion: false }),
    ...waitOf(request),
    '})',
    '',
    `const ${isStream ? 'stream' : 'completion'} = await client.chat.completions.create({`,
    ...argumentLines(request, 'chat'),
    '})',
    ...(isStream ? streamedChat(hasTools) : [wholeChat(hasTools)]),
  ].join('\n');
}

function wholeChat(hasTools: boolean): string {
  return `console.log(completion.choices[0]?.message${hasTools ? '' : '.content'})`;
}

function streamedChat(hasTools: boolean): readonly string[] {
  return [
    'for await (const chunk of stream) {',
    hasTools
      ? '  console.log(chunk.choices[0]?.delta)'
      : `  process.stdout.write(chunk.choices[0]?.delta.content ?? '')`,
    '}',
    ...(hasTools ? [] : ['console.log()']),
  ];
}

/** The client for programs that are no Worker and have no \`env.AI\`. */
export function workersAiTypescript(request: CallRequest): string {
  const { model, members, headers, isStream, hasTools, baseUrl } = request;
  return [
    `import { createAI } from 'quatrain/workers-ai'`,
    '',
    'const ai = createAI({',
    `  baseURL: process.env.QUATRAIN_BASE_URL ?? ${typescriptText(baseUrl)},`,
    `  apiKey: process.env.QUATRAIN_API_KEY ?? '',`,
    '})',
    '',
    `const ${isStream ? 'stream' : 'response'} = await ai.run(${typescriptText(model)}, {`,
    ...memberLines(members),
    hasNone(headers) ? '})' : `}, ${extraHeaders(headers)})`,
    ...(isStream ? streamedRun : wholeRun(hasTools)),
  ].join('\n');
}

function wholeRun(hasTools: boolean): readonly string[] {
  return [
    'for (const block of response.content) {',
    `  if (block.type === 'text') console.log(block.text)`,
    ...(hasTools
      ? [`  if (block.type === 'tool_use') console.log(block['name'], block['input'])`]
      : []),
    '}',
  ];
}

/** What comes are server-sent events. */
const streamedRun = ['for await (const bytes of stream) process.stdout.write(bytes)'] as const;

function extraHeaders(headers: Readonly<Record<string, string>>): string {
  return writeLiteral({ extraHeaders: headers }, typescriptSyntax, { depth: 0, column: 3 });
}

function hasNone(headers: Readonly<Record<string, string>>): boolean {
  return Object.keys(headers).length === 0;
}

/** The version that the SDK asks for by itself takes no samplers. */
function headersOf({ isOfEarlierVersion, headers }: CallRequest): readonly string[] {
  const version = isOfEarlierVersion ? { 'anthropic-version': EARLIER_VERSION } : {};
  const sent = { ...version, ...headers };
  if (hasNone(sent)) return [];
  const head = '  defaultHeaders: ';
  const literal = writeLiteral(sent, typescriptSyntax, { depth: 1, column: head.length });
  return [
    ...(isOfEarlierVersion ? ['  // Later versions of the API take no samplers.'] : []),
    `${head}${literal},`,
  ];
}

/** An hour: long answers in one piece take their time. */
function waitOf({ mayTakeLong }: CallRequest): readonly string[] {
  return mayTakeLong ? ['  timeout: 60 * 60 * 1000,'] : [];
}

/** What the SDK has no type for is sent as well; a spread keeps the compiler from asking. */
function argumentLines({ model, members }: CallRequest, sdk: SdkName): readonly string[] {
  const { known, others } = sortedForSdk(members, sdk);
  const spread = others.length === 0 ? [] : spreadLines(Object.fromEntries(others));
  return [...memberLines([['model', model], ...known]), ...spread];
}

function spreadLines(others: Readonly<Record<string, JsonValue>>): readonly string[] {
  const literal = writeLiteral(others, typescriptSyntax, { depth: 1, column: 5 });
  return ['  // The SDK sends what it has no type for, too.', `  ...${literal},`];
}

function memberLines(members: readonly (readonly [string, JsonValue])[]): readonly string[] {
  return members.map(([name, value]) => {
    const head = `  ${typescriptName(name)}: `;
    const literal = writeLiteral(value, typescriptSyntax, { depth: 1, column: head.length });
    return `${head}${literal},`;
  });
}
