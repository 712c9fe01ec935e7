import type { JsonObject, JsonValue } from '../../std/json.ts';
import type { CallRequest } from './call-request.ts';
import { EARLIER_VERSION } from './call-request.ts';
import { runPath } from './curl-snippet.ts';
import { writeLiteral } from './literal.ts';
import { pythonSyntax, pythonText } from './python-literal.ts';
import type { SdkName } from './sdk-parameters.ts';
import { sortedForSdk } from './sdk-parameters.ts';

/** The SDK for messages. */
export function messagesPython(request: CallRequest): string {
  const { isStream, hasTools, baseUrl } = request;
  return [
    'import os',
    '',
    'from anthropic import Anthropic',
    '',
    'client = Anthropic(',
    '    api_key=os.environ["QUATRAIN_API_KEY"],',
    `    base_url=${baseUrlOf(baseUrl)},`,
    ...headersOf(request),
    ...waitOf(request),
    ')',
    '',
    ...(isStream ? streamedMessage(request) : wholeMessage(request, hasTools)),
  ].join('\n');
}

function wholeMessage(request: CallRequest, hasTools: boolean): readonly string[] {
  return [
    'message = client.messages.create(',
    ...argumentLines(request, 'messages'),
    ')',
    'for block in message.content:',
    '    if block.type == "text":',
    '        print(block.text)',
    ...(hasTools
      ? ['    elif block.type == "tool_use":', '        print(block.name, block.input)']
      : []),
  ];
}

/** The SDK's way to stream says by itself that it streams. */
function streamedMessage(request: CallRequest): readonly string[] {
  const members = request.members.filter(([name]) => name !== 'stream');
  return [
    'with client.messages.stream(',
    ...argumentLines({ ...request, members }, 'messages'),
    ') as stream:',
    '    for text in stream.text_stream:',
    '        print(text, end="", flush=True)',
    ...(request.hasTools ? ['    message = stream.get_final_message()'] : []),
    'print()',
    ...(request.hasTools
      ? [
          'for block in message.content:',
          '    if block.type == "tool_use":',
          '        print(block.name, block.input)',
        ]
      : []),
  ];
}

/** The SDK for Chat Completions. */
export function chatPython(request: CallRequest): string {
  const { isStream, hasTools, baseUrl } = request;
  return [
    'import os',
    '',
    'from openai import OpenAI',
    '',
    'client = OpenAI(',
    '    api_key=os.environ["QUATRAIN_API_KEY"],',
    `    base_url=${baseUrlOf(baseUrl)} + "/v1",`,
    ...headersOf({ ...request, isOfEarlierVersion: false }),
    ...waitOf(request),
    ')',
    '',
    `${isStream ? 'stream' : 'completion'} = client.chat.completions.create(`,
    ...argumentLines(request, 'chat'),
    ')',
    ...(isStream ? streamedChat(hasTools) : [wholeChat(hasTools)]),
  ].join('\n');
}

function wholeChat(hasTools: boolean): string {
  return `print(completion.choices[0].message${hasTools ? '' : '.content'})`;
}

function streamedChat(hasTools: boolean): readonly string[] {
  return [
    'for chunk in stream:',
    '    if chunk.choices:',
    hasTools
      ? '        print(chunk.choices[0].delta)'
      : '        print(chunk.choices[0].delta.content or "", end="", flush=True)',
    ...(hasTools ? [] : ['print()']),
  ];
}

/** Over the account's API: there is no SDK of ours for Python, and `requests` is what its readers know. */
export function workersAiPython(request: CallRequest): string {
  const { model, members, isStream, baseUrl, hasTools } = request;
  const body = Object.fromEntries(members);
  return [
    ...(isStream ? ['import json'] : []),
    'import os',
    '',
    'import requests',
    '',
    `base_url = ${baseUrlOf(baseUrl)}`,
    '',
    `${isStream ? 'with ' : 'response = '}requests.post(`,
    `    f"{base_url}${runPath(model)}",`,
    ...runHeaders(request.headers),
    `    json=${writeLiteral(body, pythonSyntax, { depth: 1, column: '    json='.length })},`,
    ...(isStream ? ['    stream=True,'] : []),
    '    timeout=600,',
    ...(isStream ? streamedRun : wholeRun(hasTools)),
  ].join('\n');
}

const AUTHORIZATION = `"Authorization": f"Bearer {os.environ['QUATRAIN_API_KEY']}"`;

function runHeaders(headers: CallRequest['headers']): readonly string[] {
  const others = Object.entries(headers).map(
    ([name, value]) => `        ${pythonText(name)}: ${pythonText(value)},`,
  );
  if (others.length === 0) return [`    headers={${AUTHORIZATION}},`];
  return ['    headers={', `        ${AUTHORIZATION},`, ...others, '    },'];
}

function wholeRun(hasTools: boolean): readonly string[] {
  return [
    ')',
    'response.raise_for_status()',
    'for block in response.json()["result"]["content"]:',
    '    if block["type"] == "text":',
    '        print(block["text"])',
    ...(hasTools
      ? ['    elif block["type"] == "tool_use":', '        print(block["name"], block["input"])']
      : []),
  ];
}

const streamedRun = [
  ') as response:',
  '    response.raise_for_status()',
  '    for line in response.iter_lines():',
  '        if line.startswith(b"data: "):',
  '            event = json.loads(line.removeprefix(b"data: "))',
  '            if event["type"] == "content_block_delta":',
  '                print(event["delta"].get("text", ""), end="", flush=True)',
  'print()',
] as const;

function baseUrlOf(baseUrl: string): string {
  return `os.environ.get("QUATRAIN_BASE_URL", ${pythonText(baseUrl)})`;
}

/** The version that the SDK asks for by itself takes no samplers. */
function headersOf({ isOfEarlierVersion, headers }: CallRequest): readonly string[] {
  const version = isOfEarlierVersion ? { 'anthropic-version': EARLIER_VERSION } : {};
  const sent = { ...version, ...headers };
  if (Object.keys(sent).length === 0) return [];
  const head = '    default_headers=';
  const literal = writeLiteral(sent, pythonSyntax, { depth: 1, column: head.length });
  return [
    ...(isOfEarlierVersion ? ['    # Later versions of the API take no samplers.'] : []),
    `${head}${literal},`,
  ];
}

/** An hour: long answers in one piece take their time. */
function waitOf({ mayTakeLong }: CallRequest): readonly string[] {
  return mayTakeLong ? ['    timeout=60 * 60,'] : [];
}

/** What the SDK has no parameter for goes in its `extra_body`. */
function argumentLines({ model, members }: CallRequest, sdk: SdkName): readonly string[] {
  const { known, others } = sortedForSdk(members, sdk);
  const extra: JsonObject = Object.fromEntries(others);
  return [
    ...[['model', model] as const, ...known].map(([name, value]) => argument(name, value)),
    ...(others.length === 0 ? [] : [argument('extra_body', extra)]),
  ];
}

function argument(name: string, value: JsonValue): string {
  const head = `    ${name}=`;
  return `${head}${writeLiteral(value, pythonSyntax, { depth: 1, column: head.length })},`;
}
