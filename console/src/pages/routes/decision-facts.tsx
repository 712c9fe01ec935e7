import type { ReactElement, ReactNode } from 'react';
import type {
  ExplainAnswer,
  ExplainCacheAnswer,
  ExplainGuardrailsAnswer,
  ExplainIdempotencyAnswer,
  ExplainTextRule,
} from '../../../../src/admin/contract-operations.ts';
import type { Tone } from '../../ui/badge.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Row } from '../../ui/stack.tsx';

type Fact = readonly [string, ReactNode];

/** What decides about a request besides routes and money, where there is something to say of it. */
export function decisionFacts(answer: ExplainAnswer): readonly Fact[] {
  return [
    ...chosenFacts(answer),
    ...idempotencyFacts(answer),
    ...cacheFacts(answer),
    ...guardrailFacts(answer),
  ];
}

function Decided(props: {
  readonly tone: Tone;
  readonly word: string;
  readonly text: string;
}): ReactElement {
  const { tone, word, text } = props;
  return (
    <Row>
      <Badge tone={tone}>{word}</Badge>
      <span>{text}</span>
    </Row>
  );
}

function chosenFacts({ chosen }: ExplainAnswer): readonly Fact[] {
  if (chosen === null) return [];
  const { is_alone, code, text } = chosen;
  const tone = is_alone ? 'good' : 'bad';
  const word = is_alone ? 'alone' : (code ?? 'not asked');
  return [['Chosen upstream', <Decided key="chosen" tone={tone} word={word} text={text} />]];
}

const keyWords: Readonly<
  Record<ExplainIdempotencyAnswer['outcome'], readonly [tone: Tone, word: string]>
> = {
  new: ['good', 'new'],
  repeats: ['good', 'repeats'],
  running: ['bad', 'in flight'],
  differs: ['bad', 'conflicts'],
  not_kept: ['bad', 'not kept'],
  full: ['bad', 'too many keys'],
  invalid: ['bad', 'invalid'],
  unavailable: ['bad', 'unavailable'],
};

function idempotencyFacts({ idempotency, verdict }: ExplainAnswer): readonly Fact[] {
  const name = 'Idempotency key';
  if (idempotency === null) return isEarlier(verdict) ? [] : [[name, 'none']];
  const [tone, word] = keyWords[idempotency.outcome];
  return [[name, <Decided key="key" tone={tone} word={word} text={idempotency.text} />]];
}

const cacheWords: Readonly<
  Record<ExplainCacheAnswer['outcome'], readonly [tone: Tone, word: string]>
> = {
  off: ['neutral', 'off'],
  bypassed: ['neutral', 'bypassed'],
  miss: ['neutral', 'miss'],
  hit: ['good', 'hit'],
};

function cacheFacts({ cache, verdict }: ExplainAnswer): readonly Fact[] {
  if (cache === null) return notReached('Cache', verdict);
  const [tone, word] = cacheWords[cache.outcome];
  return [['Cache', <Decided key="cache" tone={tone} word={word} text={cache.text} />]];
}

const guardWords: Readonly<
  Record<ExplainGuardrailsAnswer['outcome'], readonly [tone: Tone, word: string]>
> = {
  off: ['neutral', 'off'],
  passes: ['good', 'passes'],
  flagged: ['warn', 'flagged'],
  blocked: ['bad', 'blocked'],
  unscannable: ['bad', 'cannot be looked for'],
};

function guardrailFacts({ guardrails, gateway, verdict }: ExplainAnswer): readonly Fact[] {
  if (guardrails === null) return gateway === null ? [] : notReached('Guardrails', verdict);
  const { outcome, text, request, answer } = guardrails;
  const [tone, word] = guardWords[outcome];
  return [
    ['Guardrails', <Decided key="guard" tone={tone} word={word} text={text} />],
    ...(request.length === 0 ? [] : [['Request rules', rulesText(request)] as const]),
    ...(answer.length === 0 ? [] : [['Answer rules', rulesText(answer)] as const]),
  ];
}

function rulesText(rules: readonly ExplainTextRule[]): string {
  return rules
    .map(({ name, action, is_described, is_found }) => {
      const what = action === 'BLOCK' ? 'blocks' : 'flags';
      const more = is_described ? (is_found === true ? ', found' : '') : ', not described anywhere';
      return `${name} (${what}${more})`;
    })
    .join(', ');
}

/** An answer that is given again meets nothing more; of what is refused the verdict says why. */
function notReached(name: string, verdict: ExplainAnswer['verdict']): readonly Fact[] {
  return isGivenAgain(verdict) ? [[name, 'not asked: the answer is given again']] : [];
}

function isGivenAgain({ answered_from, is_sent }: ExplainAnswer['verdict']): boolean {
  return answered_from !== null && !is_sent;
}

const beforeKeys: ReadonlySet<string | null> = new Set([
  'plan',
  'key',
  'form',
  'key_limits',
  'gateway',
]);

/** Whether it was refused before anybody looked at its key. */
function isEarlier({ stage }: ExplainAnswer['verdict']): boolean {
  return beforeKeys.has(stage);
}
