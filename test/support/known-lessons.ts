import type { FailureRow, HeldBy } from './failure-row.ts';
import { byTest } from './failure-row.ts';

/** What users of other gateways complained of, lessons C.1 to C.7, and what holds it here. */

const lessonsFile = 'test/conformance/gateway-failures-lessons.test.ts';
const verbatim = 'test/recordings/verbatim.test.ts';
const chatRoundTrip = 'test/conformance/chat-round-trip.test.ts';
const planRoute = 'src/routing/plan-route.test.ts';
const priceUsage = 'src/metering/price-usage.test.ts';

const construction = (file: string, why: string): HeldBy => ({ kind: 'construction', file, why });
const inLessons = (id: string): HeldBy => byTest(lessonsFile, `${id} `);
const nextYear = byTest(verbatim, 'fields, betas, blocks and events of next year go through');

const streaming: readonly FailureRow[] = [
  ['L1', 'vercel/ai#17326', '`message_start` has the input, and no zeros', inLessons('lesson L1')],
  [
    'L2',
    'BerriAI/litellm#24176, #31069',
    'recorded streams pass byte for byte',
    byTest(verbatim, "test.each(recordings)('$name'"),
  ],
  [
    'L3',
    'envoyproxy/ai-gateway#2279, #2236, #2239, #2241',
    'counts of `message_delta` replace and are never added',
    byTest('src/messages/usage.test.ts', 'what message_delta says replaces'),
  ],
  [
    'L4',
    'envoyproxy/ai-gateway#2290',
    'what it leaves out stays',
    byTest(
      'src/messages/usage.test.ts',
      'a field that message_delta does not carry keeps its value',
    ),
  ],
  ['L5', 'BerriAI/litellm#34692', 'the reason of an end is the upstream’s', inLessons('lesson L5')],
  [
    'L6',
    'BerriAI/litellm#38153',
    'an error in a stream is a failed request',
    inLessons('lesson L6'),
  ],
  ['L7', 'BerriAI/litellm#36650', 'silence has an end, and it is told', inLessons('lesson L7')],
  [
    'L8',
    'BerriAI/litellm#38689',
    'the time to the first byte is a distribution',
    construction(
      'src/telemetry/metrics.ts',
      '`quatrain_time_to_first_byte_seconds` is a histogram',
    ),
  ],
  [
    'L9',
    'maximhq/bifrost#4890, #3441',
    'blocks count up, and order is checked',
    byTest(
      'src/upstreams/chat-completions/answer-properties.test.ts',
      'whatever an engine sends, nothing is thrown and the order of events holds',
    ),
  ],
  [
    'L10',
    'QuantumNous/new-api#2854',
    'converters hold for any sequence of blocks',
    byTest(
      'src/dialects/chat-completions/answer-properties.test.ts',
      'events of any form are encoded without a throw',
    ),
  ],
  [
    'L11',
    'vercel/ai#11556',
    'an event leaves as it comes',
    byTest('src/gateway/relay-stream.test.ts', 'an event passes in the write that completes it'),
  ],
  [
    'L12',
    'vercel/ai#10725',
    'who keeps a copy does not hold the caller back',
    byTest(
      'src/cache/keep-answer.test.ts',
      'a full reader stops the upstream, and asks it for more',
    ),
  ],
  [
    'L13',
    'byte5ai/omadia#122, Alcova-AI/adk-anthropic-go#32, router-for-me/CLIProxyAPI#2712',
    'an early error of a stream is tried again, unseen',
    inLessons('lesson L13'),
  ],
  [
    'L14',
    'BerriAI/litellm#24004, #6532, #6957',
    'SDKs accumulate what was said',
    inLessons('lesson L14'),
  ],
];

const thinking: readonly FailureRow[] = [
  ['L15', 'router-for-me/CLIProxyAPI#2172', 'thinking is never written anew', nextYear],
  [
    'L16',
    'BerriAI/litellm#29428, #8964, #9023',
    'streamed thinking can be sent back',
    byTest('test/conformance/thinking-returned.test.ts', 'goes on with its thinking as it was'),
  ],
  [
    'L17',
    'maximhq/bifrost#6342',
    'signatures survive every translation',
    byTest(
      'test/conformance/chat-lessons-answered.test.ts',
      'lessons 27 and 28: thinking comes with its signature',
    ),
  ],
  [
    'L18',
    'Wei-Shaw/sub2api#996, ding113/claude-code-hub#518, lbjlaq/Antigravity-Manager#3478',
    'a conversation stays where it is, and with its model',
    byTest(planRoute, 'goes back to where it was while that may be asked'),
  ],
  [
    'L19',
    'james-6-23/codex2api#613',
    'nothing is repaired in silence',
    construction(
      'src/gateway/retry-unseen.ts',
      'an attempt again sends the same body; whatever is edited is named in `x-quatrain-edits`',
    ),
  ],
  [
    'L20',
    'google/adk-python#5437, anthropics/claude-code#20698, #10627',
    'the emulator refuses bad signatures as the API does',
    byTest(
      'test/conformance/thinking-returned.test.ts',
      '#109 a signature that the emulator did not make',
    ),
  ],
];

const caching: readonly FailureRow[] = [
  [
    'L21',
    'BerriAI/litellm#5443, #6575, #9812, #11364, #11789',
    'every class of tokens has its own price',
    byTest(priceUsage, 'every class of tokens at its own price'),
  ],
  [
    'L22',
    'maximhq/bifrost#3451',
    'prices are those of the published examples',
    byTest(priceUsage, 'every class of tokens at its own price'),
  ],
  [
    'L23',
    'maximhq/bifrost#905, #908, #2322, stakwork/stakgraph#1688',
    'writes for an hour are told from those for five minutes',
    byTest(priceUsage, 'a write of an hour'),
  ],
  [
    'L24',
    'QuantumNous/new-api#3259',
    'no count is negative',
    byTest('src/messages/usage.test.ts', 'test.each([-1, 1.5'),
  ],
  [
    'L25',
    'QuantumNous/new-api#2249, #2323, #4291, #5756, #6353',
    'whether input has the cache in it is settled at the driver',
    byTest('src/upstreams/chat-completions/answer-endings.test.ts', 'in a chunk of its own'),
  ],
  [
    'L26',
    'Portkey-AI/gateway#1210',
    'what the cache did is told in every form',
    byTest(
      'test/conformance/chat-lessons-answered.test.ts',
      'lessons 25 and 26: the cache is a part of the prompt',
    ),
  ],
  [
    'L27',
    'aws-solutions-library-samples/guidance-for-claude-code-with-amazon-bedrock#263, #633',
    'budgets are money',
    byTest('test/conformance/wallet-budgets.test.ts', 'K18 K19 a budget that a hold does not fit'),
  ],
  ['L28', 'Portkey-AI/gateway#1579, #1140, #1593', 'unknown members pass', nextYear],
  [
    'L29',
    'maximhq/bifrost#5629, #898',
    'the order of keys and the bytes of a prefix stay',
    byTest(
      'src/dialects/workers-ai/compose-body.test.ts',
      'whatever the object, the body is the object with what was set',
    ),
  ],
  [
    'L30',
    'BerriAI/litellm-docs#554',
    'a conversation that grows keeps its prefix',
    byTest(
      'src/dialects/chat-completions/decode-messages-properties.test.ts',
      'a conversation that grows keeps what it has become so far',
    ),
  ],
  [
    'L31',
    'BerriAI/litellm#6784, #19536, #38078, agentgateway/agentgateway#2572',
    'a conversation goes back to its cache',
    byTest(planRoute, 'goes back to where it was while that may be asked'),
  ],
  [
    'L32',
    'vectorize-io/hindsight#3271',
    'the rate of hits and the money saved are shown',
    {
      kind: 'open',
      why: 'the request log has the counts of each request; a page for them is planned',
    },
  ],
  [
    'L33',
    'Soju06/codex-lb#172, azrtydxb/Fastllm-proxy#22',
    'affinity gives way to load, and follows the cache',
    byTest(planRoute, 'goes elsewhere where its target has more than its part of the load'),
  ],
  [
    'L34',
    'nesquena/hermes-webui#3912, #5114, majiayu000/ccstats#93',
    'a rate of hits is over all of the input',
    { kind: 'open', why: 'no rate is shown yet; see L32' },
  ],
  [
    'L35',
    'anthropics/claude-code#68900, #50085, #24168, musistudio/claude-code-router#1372',
    'what changes in a prompt is left alone',
    byTest('test/conformance/agent-shapes.test.ts', 'bytes there and bytes back'),
  ],
];

const toolsAndAgents: readonly FailureRow[] = [
  [
    'L36',
    'BerriAI/litellm#17425, #18238, #25836, #25561',
    'calls and their results stay paired',
    byTest(chatRoundTrip, 'from the Messages form to Chat Completions and back, nothing is lost'),
  ],
  [
    'L37',
    'BerriAI/litellm#15307, #15884, #36262, #16711',
    'no arguments are `{}`, parallel calls keep their places',
    byTest('test/conformance/chat-lessons-answered.test.ts', 'lessons 1 and 2: calls count from 0'),
  ],
  [
    'L38',
    'maximhq/bifrost#1354',
    'where engines differ is a table',
    byTest('src/upstreams/chat-completions/encode-request.test.ts', '%s takes a plain request'),
  ],
  [
    'L39',
    'ccNexus#89',
    'one form in the middle',
    construction(
      'src/dialects/dialect.ts',
      'dialects and drivers translate to and from the Messages form alone',
    ),
  ],
  ['L40', 'BerriAI/litellm#20021', 'betas pass unless a policy says otherwise', nextYear],
  [
    'L41',
    'BerriAI/litellm#36683, #36736',
    'no beta is dropped in silence',
    byTest(
      'test/conformance/agent-shapes.test.ts',
      'whatever member or beta comes next, the bytes stay',
    ),
  ],
  [
    'L42',
    'BerriAI/litellm#22878, Exgentic/exgentic#99',
    '`context_management` and what comes after it pass',
    nextYear,
  ],
  [
    'L43',
    't3code#1225, anthropics/claude-code#44219, mnfst/llm-gateway#2258',
    'what coding agents send passes',
    byTest('test/conformance/agent-shapes.test.ts', 'bytes there and bytes back'),
  ],
  [
    'L44',
    'BerriAI/litellm#39037',
    'each form has its own errors',
    byTest('src/dialects/money-refusals.test.ts', 'status, and whether to ask again'),
  ],
  [
    'L45',
    'BerriAI/litellm#13252',
    'tokens are counted whoever is behind the gateway',
    byTest('src/upstreams/chat-completions/chat-upstream-lanes.test.ts', 'tokens are counted here'),
  ],
  [
    'L46',
    'BerriAI/litellm#36671, #38657',
    'what is counted is what would be sent',
    byTest('test/e2e/files-in-messages.test.ts', '/v1/messages/count_tokens'),
  ],
  [
    'L47',
    'BerriAI/litellm#36604, #39910',
    'pictures are counted by what the model sees of them',
    byTest('src/emulator/tokens/image-tokens.test.ts', 'a picture adds its patches'),
  ],
  [
    'L48',
    'QuantumNous/new-api#1694, #2847, envoyproxy/ai-gateway#1360',
    'counting is served',
    byTest('test/e2e/sdk.test.ts', '#148 count_tokens agrees with usage'),
  ],
  [
    'L49',
    'router-for-me/CLIProxyAPI#679',
    'what was counted here says so',
    byTest(
      'src/upstreams/chat-completions/chat-upstream.test.ts',
      'usage that was not said is counted, and said to be',
    ),
  ],
];

/** All of them, in their order. */
export const knownLessons: readonly FailureRow[] = [
  ...streaming,
  ...thinking,
  ...caching,
  ...toolsAndAgents,
];
