import { createHash } from 'node:crypto';

/** One request as a coding agent sends it: what matters is its form, so the words are our own. */
export interface AgentShape {
  readonly name: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Written as text, since its bytes are what is looked at. */
  readonly body: string;
  /** Whether the API as it is documented takes it: the emulator judges by the letter. */
  readonly isOfToday: boolean;
}

const sdkHeaders = {
  accept: 'application/json',
  'content-type': 'application/json',
  'x-stainless-arch': 'x64',
  'x-stainless-lang': 'js',
  'x-stainless-os': 'Linux',
  'x-stainless-package-version': '0.128.0',
  'x-stainless-retry-count': '0',
  'x-stainless-runtime': 'node',
  'x-stainless-runtime-version': 'v26.10.0',
  'x-stainless-timeout': '600',
} as const;

const betasOfToday = [
  'claude-code-20250219',
  'interleaved-thinking-2025-05-14',
  'context-management-2025-06-27',
  'thinking-token-count-2026-05-13',
  'advanced-tool-use-2025-11-20',
  'effort-2025-11-24',
  'fine-grained-tool-streaming-2025-05-14',
] as const;
const betasOfNextYear = ['per-turn-control-2027-07-01', 'x_unheard-of.beta~2027'] as const;

const claudeCodeHeaders = {
  ...sdkHeaders,
  'user-agent': 'claude-cli/2.1.330 (external, cli)',
  'anthropic-version': '2023-06-01',
  'anthropic-dangerous-direct-browser-access': 'true',
  'x-app': 'cli',
  'x-claude-code-session-id': '2081d67a-c88c-4436-8a0c-36b5ceec504e',
} as const;

/** Its first block changes with each request; whoever takes it out or moves it changes the prompt. */
const billingBlock =
  '{"type":"text","text":"x-anthropic-billing-header: cc_version=2.1.330.5b9; cc_entrypoint=cli; cch=0a1b2;"}';
const systemBlocks = `[${billingBlock},{"type":"text","text":"You work on code.","cache_control":{"type":"ephemeral"}}]`;
const userId = String.raw`{"user_id":"{\"device_id\":\"9035e2a8\",\"account_uuid\":\"\",\"session_id\":\"2081d67a\"}"}`;
const editTool =
  '{"name":"Edit","description":"Changes a file","input_schema":{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"file_path":{"type":"string"},"old_string":{"type":"string"},"new_string":{"type":"string"},"replace_all":{"type":"boolean","default":false}},"required":["file_path","old_string","new_string"],"additionalProperties":false}}';
const loopMessages = String.raw`[{"role":"user","content":[{"type":"text","text":"<reminder>\nToday is a day.\n</reminder>"},{"type":"text","text":"Replace caf\u00e9 \ud83d\ude00 by tea \/ coffee"}]},{"role":"assistant","content":[{"type":"text","text":"Now."},{"type":"tool_use","id":"toolu_01Iw2qCE1ADJzR99NhtPDZV0","name":"Edit","input":{"file_path":"/a","new_string":"tea","old_string":"café"}}]},{"role":"user","content":[{"tool_use_id":"toolu_01Iw2qCE1ADJzR99NhtPDZV0","type":"tool_result","content":"done","is_error":false,"cache_control":{"type":"ephemeral"}}]}]`;

const claudeCode = '/v1/messages?beta=true';

function beta(names: readonly string[]): Readonly<Record<string, string>> {
  return { ...claudeCodeHeaders, 'anthropic-beta': names.join(',') };
}

/** Requests in the Messages form. */
export const messagesShapes: readonly AgentShape[] = [
  {
    name: 'Claude Code, a step of a loop',
    target: claudeCode,
    headers: beta(betasOfToday),
    body: `{"model":"claude-sonnet-4-6","messages":${loopMessages},"system":${systemBlocks},"tools":[${editTool}],"metadata":${userId},"max_tokens":32000,"thinking":{"type":"adaptive"},"context_management":{"edits":[{"type":"clear_thinking_20251015","keep":"all"}]},"output_config":{"effort":"high"},"stream":true}`,
    isOfToday: true,
  },
  {
    name: 'Claude Code, a thinking budget and tool uses that are cleared',
    target: claudeCode,
    headers: beta(betasOfToday),
    body: `{"model":"claude-sonnet-4-20250514","max_tokens":21333,"thinking":{"budget_tokens":10000,"type":"enabled"},"temperature":1,"context_management":{"edits":[{"type":"clear_tool_uses_20250919","trigger":{"type":"input_tokens","value":100000},"keep":{"type":"tool_uses","value":3}}]},"system":${systemBlocks},"messages":[{"role":"user","content":"hi"}],"tools":[${editTool.replace('{"name"', '{"eager_input_streaming":true,"name"')}],"stream":true}`,
    isOfToday: true,
  },
  {
    name: 'Claude Code, a title in one piece',
    target: claudeCode,
    headers: beta(betasOfToday),
    body: `{"model":"claude-haiku-4-5-20251001","max_tokens":512,"messages":[{"role":"user","content":"Name this"}],"system":${systemBlocks},"temperature":1,"metadata":${userId},"stream":false}`,
    isOfToday: true,
  },
  {
    name: 'Claude Code of next year',
    target: `${claudeCode}&cohort=b`,
    headers: beta([...betasOfToday, ...betasOfNextYear]),
    body: `{ "stream" : true ,\n "x_order":[3,1,2],"model":"claude-next-9","messages":[{"role":"system","content":[{"type":"x_note","text":"mid"}]},{"role":"user","content":[{"type":"x_block","n":1.0,"e":1E+2,"big":12345678901234567890}],"x_turn":{}}],"tools":[{"type":"x_tool_20270101","name":"t","x_deferred":true,"defer_loading":true}],"system":${systemBlocks},"max_tokens":64000,"context_management":{"edits":[{"type":"x_edit_20270101"}],"x":null},"output_config":{"effort":"x_extreme","x":[]},"speed":"fast","x_empty":{} }\n`,
    isOfToday: false,
  },
  {
    name: 'Claude Code with a token of OAuth',
    target: claudeCode,
    headers: beta(['oauth-2025-04-20', ...betasOfToday]),
    body: `{"model":"claude-opus-4-5-20251101","messages":${loopMessages},"system":${systemBlocks},"tools":[${editTool}],"metadata":${userId},"max_tokens":32000,"stream":true}`,
    isOfToday: true,
  },
  {
    name: 'Claude Code, counting',
    target: '/v1/messages/count_tokens?beta=true',
    headers: beta(['claude-code-20250219', 'token-counting-2024-11-01']),
    body: `{"model":"claude-sonnet-4-6","messages":${loopMessages},"system":${systemBlocks},"tools":[${editTool}]}`,
    isOfToday: true,
  },
  {
    name: 'Cline, by its own provider for the form',
    target: '/v1/messages',
    headers: {
      ...sdkHeaders,
      'user-agent': 'Cline/3.0.65',
      'anthropic-version': '2023-06-01',
      'x-stainless-helper-method': 'stream',
    },
    body: `{"model":"claude-sonnet-4-5-20250929","temperature":0,"max_tokens":8192,"system":[{"text":"You edit.","type":"text","cache_control":{"type":"ephemeral"}}],"messages":${loopMessages},"stream":true,"tools":[${editTool}],"tool_choice":{"type":"auto","disable_parallel_tool_use":false}}`,
    isOfToday: true,
  },
  {
    name: 'OpenCode, by the AI SDK',
    target: '/v1/messages',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'opencode/1.18.33 ai-sdk/anthropic/4.0.105',
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'interleaved-thinking-2025-05-14, fine-grained-tool-streaming-2025-05-14',
    },
    body: `{"model":"claude-opus-4-5","max_tokens":32000,"temperature":1,"system":[{"type":"text","text":"You build.","cache_control":{"type":"ephemeral"}}],"messages":${loopMessages},"tools":[${editTool}],"tool_choice":{"type":"auto"},"stream":true}`,
    isOfToday: true,
  },
];

const openaiHeaders = {
  ...sdkHeaders,
  'user-agent': 'OpenAI/JS 7.55.0',
} as const;
const chatTool =
  '{"type":"function","function":{"name":"edit","description":"Changes a file","parameters":{"type":"object","properties":{"path":{"type":"string"},"text":{"type":"string"}},"required":["path","text"],"additionalProperties":false},"strict":false}}';
const chatLoop = String.raw`[{"role":"system","content":"You edit code."},{"role":"user","content":[{"type":"text","text":"Caf\u00e9"}]},{"role":"assistant","content":null,"tool_calls":[{"id":"call_a1","type":"function","function":{"name":"edit","arguments":"{\"path\":\"/a\",\"text\":\"b\"}"}}]},{"role":"tool","tool_call_id":"call_a1","content":"done"}]`;

/** Requests in the form of Chat Completions; their streams say what was used. */
export const chatShapes: readonly AgentShape[] = [
  {
    name: 'Cline and Roo Code',
    target: '/v1/chat/completions',
    headers: { ...openaiHeaders, 'http-referer': 'https://agent.example', 'x-title': 'Agent' },
    body: `{"model":"claude-sonnet-4-6","temperature":0,"messages":${chatLoop},"stream":true,"stream_options":{"include_usage":true},"tools":[${chatTool}],"tool_choice":"auto","parallel_tool_calls":true,"max_tokens":8192}`,
    isOfToday: true,
  },
  {
    name: 'OpenCode',
    target: '/v1/chat/completions',
    headers: { ...openaiHeaders, 'user-agent': 'opencode/1.18.33 ai-sdk/openai-compatible/3.0.92' },
    body: `{"model":"claude-sonnet-4-6","max_tokens":32000,"reasoning_effort":"high","messages":${chatLoop},"tools":[${chatTool}],"tool_choice":"auto","stream":true,"stream_options":{"include_usage":true}}`,
    isOfToday: true,
  },
  {
    name: 'Codex, in its chat form',
    target: '/v1/chat/completions',
    headers: { ...openaiHeaders, originator: 'codex_cli_rs', 'session-id': '2081d67a', 'x-a': 'b' },
    body: `{"model":"claude-opus-4-5","messages":${chatLoop.replace('"system"', '"developer"')},"stream":true,"tools":[${chatTool}],"parallel_tool_calls":false,"reasoning_effort":"medium","store":false,"prompt_cache_key":"2081d67a","stream_options":{"include_usage":true}}`,
    isOfToday: true,
  },
  {
    name: 'aider',
    target: '/chat/completions',
    headers: { ...openaiHeaders, 'user-agent': 'OpenAI/Python 2.9.0' },
    body: `{"messages":[{"role":"system","content":"Answer with edits."},{"role":"user","content":"Add a line"}], "model":"claude-sonnet-4-5", "temperature":0, "stream":true, "stream_options":{"include_usage":true}}`,
    isOfToday: true,
  },
  {
    name: 'an agent that asks for one piece',
    target: '/v1/chat/completions',
    headers: openaiHeaders,
    body: `{"model":"claude-sonnet-4-6","n":1,"messages":${chatLoop},"tools":[${chatTool}],"tool_choice":"required","max_completion_tokens":900.0,"user":"a-user"}`,
    isOfToday: true,
  },
];

/** What two bodies are compared by. */
export function digestOf(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
