import type { FailureRow, HeldBy, KnownFailure } from './failure-row.ts';
import { byTest } from './failure-row.ts';
import { knownLessons } from './known-lessons.ts';

const streamsFile = 'test/conformance/gateway-failures-streams.test.ts';
const lessonsFile = 'test/conformance/gateway-failures-lessons.test.ts';

const inStreams = (id: string): HeldBy => byTest(streamsFile, `failure ${id} `);
const inLessons = (id: string): HeldBy => byTest(lessonsFile, `${id} `);

/** Reliability §2.4. */
const failures: readonly FailureRow[] = [
  ['F1', 'maximhq/bifrost#5546', 'a dead upstream is no empty answer with an end', inStreams('F1')],
  [
    'F2',
    'BerriAI/litellm#32159',
    'a stream that ends in a call without its end is an error',
    inLessons('failure F2'),
  ],
  ['F3', 'BerriAI/litellm#39703', 'an engine’s failure is no `end_turn`', inLessons('failure F3')],
  ['F4', 'BerriAI/litellm#20361', 'an upstream’s error is no empty success', inStreams('F4')],
  [
    'F5',
    'NVIDIA/TensorRT-LLM#18289',
    'an engine that stops has not ended its turn',
    inLessons('failure F5'),
  ],
  [
    'F6',
    'SamSaffron/term-llm#955, charmbracelet/fantasy#245, NVIDIA-NeMo/Switchyard#283',
    'a clean close is no end',
    inStreams('F6'),
  ],
  [
    'F7',
    'anthropics/anthropic-sdk-typescript#842',
    'two minutes without words are not two minutes without bytes',
    inStreams('F7'),
  ],
  [
    'F8',
    'coder/aibridge#56',
    'a refusal before the stream stays a status with its reason',
    inStreams('F8'),
  ],
  [
    'F9',
    'maximhq/bifrost#3164',
    'who leaves while nothing has come leaves the upstream',
    inStreams('F9'),
  ],
  [
    'F10',
    'QuantumNous/new-api#4184, #4186',
    'a request that was left is neither finished nor tried again',
    inStreams('F10'),
  ],
  ['F11', 'BerriAI/litellm#17364', 'who stops reading stops the upstream', inStreams('F11')],
  [
    'F12',
    'BerriAI/litellm#35958',
    'streams that break are in the log as what they were',
    inStreams('F12'),
  ],
  ['F13', 'Wei-Shaw/sub2api#4408, #1357', 'what was not produced is not billed', inStreams('F13')],
  [
    'F14',
    'ZenMux/zenmux-doc#190',
    'a request that was left early is not charged in full',
    inStreams('F14'),
  ],
  [
    'F15',
    'BerriAI/litellm#37322',
    'an answer that takes long to begin is kept alive',
    inStreams('F15'),
  ],
  [
    'F16',
    'tombii/better-ccflare#348',
    'an upstream that never answers is given up, seen, and replaced',
    inStreams('F16'),
  ],
  [
    'F17',
    'router-for-me/CLIProxyAPI#4280',
    'long turns are not cut for their silence',
    inStreams('F17'),
  ],
  [
    'F18',
    'BerriAI/litellm#30527',
    'an end is an end, however the connection goes on',
    inStreams('F18'),
  ],
  ['F19', 'agentgateway/agentgateway#248', 'no stream is cut for being open', inStreams('F19')],
  [
    'F20',
    'langwatch/langwatch#6941, PostHog/posthog#73863',
    'what a shutdown cuts says so',
    inStreams('F20'),
  ],
];

/** How gateways fail their users, and what holds that here: reliability §2.4 (F) and the lessons (L). */
export const knownFailures: readonly KnownFailure[] = [...failures, ...knownLessons].map(
  ([id, source, lesson, held]) => ({ id, source, lesson, held }),
);
