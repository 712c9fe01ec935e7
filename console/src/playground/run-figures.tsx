import { useQuery } from '@tanstack/react-query';
import type { ReactElement, ReactNode } from 'react';
import type { RequestAnswer } from '../../../src/admin/contract.ts';
import { countText, durationText } from '../format/figures.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { MoneyText } from '../ui/money-text.tsx';
import styles from './playground.module.css';
import type { RunState } from './run-state.ts';
import { isOver } from './run-state.ts';
import type { Transport } from './transport.ts';

const AGAIN_MS = 400;
/** Requests are written to the log a moment after they ended; then the page stops asking. */
const ASKED_MAX = 12;

/** What an answer used, what it cost and how long it took. */
export function RunFigures(props: {
  readonly run: RunState;
  readonly transport: Transport;
}): ReactElement | null {
  const { run, transport } = props;
  const record = useRecord(run, transport);
  if (run.phase === 'waiting') return null;
  const { usage, stopReason } = run.answer;
  const upstream = record?.upstream;
  const facts: readonly (readonly [string, ReactNode])[] = [
    ['Input', countText(usage.input)],
    ['Output', countText(outputOf(run))],
    ...optional('Cache read', usage.cacheRead),
    ...optional('Cache written', usage.cacheWrite),
    ...optional('Thinking', usage.thinking),
    [
      record?.usage_source === 'estimated' ? 'Cost, estimated' : 'Cost',
      <MoneyText key="cost" nano={costOf(run, record)} />,
    ],
    ['Head', durationText(run.headMs)],
    ['First token', durationText(run.firstContentMs)],
    ['Total', durationText(run.totalMs)],
    ['Tokens/s', speedText(run)],
    ...(stopReason === '' ? [] : [['Stop reason', stopReason] as const]),
    ...(upstream === undefined || upstream === null ? [] : [['Upstream', upstream] as const]),
  ];
  return (
    <div className={styles['figures']} role="group" aria-label="Figures of the request">
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {run.requestId === '' ? null : <RequestId id={run.requestId} transport={transport} />}
    </div>
  );
}

/** What the gateway keeps of the request; asked until its cost is final. */
function useRecord(run: RunState, transport: Transport): RequestAnswer | undefined {
  const { data } = useQuery({
    queryKey: ['playground', run.requestId],
    queryFn: ({ signal }) => transport.requestOf(run.requestId, signal),
    enabled: isOver(run) && run.requestId !== '',
    retry: 3,
    retryDelay: AGAIN_MS,
    refetchOnWindowFocus: false,
    refetchInterval: ({ state }) => {
      const isFinal = state.data?.status === 'settled' || state.data?.status === 'released';
      const asked = state.dataUpdateCount + state.errorUpdateCount;
      return isFinal || state.error !== null || asked >= ASKED_MAX ? false : AGAIN_MS;
    },
  });
  return data;
}

/** What was charged; where nothing is, what it would have cost. */
function costOf({ cost }: RunState, record: RequestAnswer | undefined): string | null {
  const charged = record?.charged_nano ?? cost?.chargedNano;
  if (charged !== undefined && charged !== '0') return charged;
  return record?.cost_nano ?? cost?.costNano ?? charged ?? null;
}

function optional(
  name: string,
  count: number | undefined,
): readonly (readonly [string, ReactNode])[] {
  return count === undefined || count === 0 ? [] : [[name, countText(count)]];
}

/** What a stream says of it at its beginning counts nothing yet: how much it was is said at its end. */
function outputOf({ answer }: RunState): number | undefined {
  return answer.stopReason === '' && !answer.isWhole ? undefined : answer.usage.output;
}

/** What came within so short a time came in one piece, however many events it had. */
const ONE_PIECE_MS = 20;

/** From the first token to the last; what came in one piece has no speed. */
function speedText(run: RunState): string {
  const output = outputOf(run);
  const { firstContentMs, totalMs } = run;
  if (output === undefined || firstContentMs === undefined || totalMs === undefined) return '–';
  const tookMs = totalMs - firstContentMs;
  return tookMs <= ONE_PIECE_MS ? '–' : ((output * 1000) / tookMs).toFixed(1);
}

function RequestId(props: { readonly id: string; readonly transport: Transport }): ReactElement {
  const { id, transport } = props;
  return (
    <div className={styles['requestId']}>
      {transport.linkTo?.(id) ?? <code>{id}</code>}
      <CopyButton text={id} label="request id" />
    </div>
  );
}
