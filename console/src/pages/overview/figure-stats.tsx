import type { ReactElement } from 'react';
import type { FigureAnswer } from '../../../../src/admin/contract.ts';
import { countText, durationText, shareText } from '../../format/figures.ts';
import type { StatParts } from '../../ui/card.tsx';
import { Stats } from '../../ui/card.tsx';
import { MoneyText } from '../../ui/money-text.tsx';
import styles from './overview.module.css';

/** What is known where nothing was asked. */
const noFigures: FigureAnswer = {
  by: {},
  requests: 0,
  failed: 0,
  input_tokens: '0',
  output_tokens: '0',
  cache_read_input_tokens: '0',
  cache_creation_input_tokens: '0',
  thinking_tokens: '0',
  web_search_requests: '0',
  cost_nano: '0',
  charged_nano: '0',
  unknown_costs: 0,
  cache_saved_nano: '0',
  total_ms: { p50: null, p90: null, p95: null, p99: null },
  first_content_ms: { p50: null, p90: null, p95: null, p99: null },
};

/** The figures of a whole time, in two rows. */
export function FigureStats({
  figures = noFigures,
}: {
  readonly figures: FigureAnswer | undefined;
}): ReactElement {
  return (
    <div className={styles['rows']}>
      <Stats stats={moneyStats(figures)} />
      <Stats stats={tokenStats(figures)} />
    </div>
  );
}

function moneyStats(figures: FigureAnswer): readonly StatParts[] {
  const { requests, failed, unknown_costs: unknown } = figures;
  return [
    { name: 'Requests', value: countText(requests), note: `${countText(failed)} failed` },
    { name: 'Failure share', value: shareText(failed, requests), note: 'refused or failed' },
    {
      name: 'Cost',
      value: <MoneyText nano={figures.cost_nano} />,
      note: unknown === 0 ? 'of all requests' : `and ${countText(unknown)} of unknown cost`,
    },
    { name: 'Charged', value: <MoneyText nano={figures.charged_nano} />, note: 'to wallets' },
    {
      name: 'Cache savings',
      value: <MoneyText nano={figures.cache_saved_nano} />,
      note: `hit rate ${hitRate(figures)}`,
    },
  ];
}

function tokenStats(figures: FigureAnswer): readonly StatParts[] {
  const { total_ms: total, first_content_ms: first } = figures;
  return [
    {
      name: 'Input tokens',
      value: countText(figures.input_tokens),
      note: 'not through the cache',
    },
    {
      name: 'Output tokens',
      value: countText(figures.output_tokens),
      note: `${countText(figures.thinking_tokens)} of them thinking`,
    },
    {
      name: 'Cache tokens read',
      value: countText(figures.cache_read_input_tokens),
      note: `${countText(figures.cache_creation_input_tokens)} written`,
    },
    {
      name: 'Total time, p50',
      value: durationText(total.p50),
      note: `p95 ${durationText(total.p95)} · p99 ${durationText(total.p99)}`,
    },
    {
      name: 'First token, p50',
      value: durationText(first.p50),
      note: `p95 ${durationText(first.p95)}, of streams`,
    },
  ];
}

/** How much of all input came out of the prompt cache. */
function hitRate(figures: FigureAnswer): string {
  const read = Number(figures.cache_read_input_tokens);
  const other = Number(figures.input_tokens) + Number(figures.cache_creation_input_tokens);
  return shareText(read, read + other);
}
