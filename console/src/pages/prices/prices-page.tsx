import { Plus } from 'lucide-react';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { PriceAnswer } from '../../../../src/admin/contract.ts';
import { usePages } from '../../api/use-pages.ts';
import { useRegistry } from '../../api/use-registry.ts';
import { useSearchText } from '../../app/use-search-text.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import type { TableColumn } from '../../ui/data-table.tsx';
import { FilterBar } from '../../ui/filter-bar.tsx';
import { MoneyText } from '../../ui/money-text.tsx';
import { Page } from '../../ui/page.tsx';
import { Stack } from '../../ui/stack.tsx';
import { PagedTable } from '../../ui/paged-table.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { MinuteText } from '../../ui/time-text.tsx';
import { useNow } from '../../ui/use-now.ts';
import { ClosePriceDialog } from './close-price-dialog.tsx';
import { ListedPrices } from './listed-prices.tsx';
import { NewPriceDialog } from './new-price-dialog.tsx';

function columnsWith(close: (price: PriceAnswer) => void): readonly TableColumn<PriceAnswer>[] {
  return [
    {
      id: 'model',
      name: 'Model',
      width: 'minmax(184px, 1.2fr)',
      cell: ({ model }) => <code>{model}</code>,
    },
    {
      id: 'class',
      name: 'Class',
      width: 'minmax(150px, 1fr)',
      cell: ({ class: name, tier_from_input_tokens: from }) =>
        from === 0 ? name : `${name} above ${from.toLocaleString('en-US')}`,
    },
    {
      id: 'price',
      name: 'A million',
      width: '88px',
      isNumber: true,
      cell: (price) => <MoneyText nano={price.nano_per_mtok} />,
    },
    { id: 'plan', name: 'Plan', width: 'minmax(84px, 0.6fr)', cell: ({ plan }) => plan ?? 'every' },
    {
      id: 'state',
      name: 'State',
      width: '92px',
      cell: (price) => <PriceState price={price} />,
    },
    {
      id: 'from',
      name: 'From',
      width: '160px',
      cell: (price) => <MinuteText instant={price.effective_from} />,
    },
    {
      id: 'to',
      name: 'To',
      width: '160px',
      cell: (price) => <MinuteText instant={price.effective_to} />,
    },
    { id: 'source', name: 'Source', width: 'minmax(104px, 1fr)', cell: ({ source }) => source },
    {
      id: 'close',
      name: '',
      width: '84px',
      cell: (price) =>
        price.effective_to === null ? (
          <Button
            small
            onClick={() => {
              close(price);
            }}
          >
            Close
          </Button>
        ) : null,
    },
  ];
}

/** Whether a price holds now, will, or did. */
function PriceState({ price }: { readonly price: PriceAnswer }): ReactElement {
  const nowMs = useNow();
  const { effective_from: from, effective_to: to } = price;
  if (to !== null && Date.parse(to) <= nowMs) return <Badge>over</Badge>;
  return Date.parse(from) > nowMs ? (
    <Badge tone="info">to come</Badge>
  ) : (
    <Badge tone="good">in force</Badge>
  );
}

/** What tokens cost: the prices in force, and those that operators set. */
export function PricesPage(): ReactElement {
  const { search } = useSearchText();
  const [isMaking, setMaking] = useState(false);
  const [closing, setClosing] = useState<PriceAnswer>();
  const { data: registry } = useRegistry();
  const suggestions = registry?.data.map(({ id }) => id) ?? [];
  const filters = [{ name: 'model', label: 'Model', placeholder: 'Any', suggestions }];
  const list = usePages<PriceAnswer>('/admin/v1/prices', { model: search['model'] });
  return (
    <Page
      title="Prices"
      lead="A request keeps the prices that it was admitted with. A price is set ahead, never edited, only closed."
      actions={
        <Button
          look="primary"
          onClick={() => {
            setMaking(true);
          }}
        >
          <Plus size={15} aria-hidden /> Set a price
        </Button>
      }
    >
      <ListedPrices />
      <Card title="Prices that were set">
        <Stack>
          <FilterBar filters={filters} />
          <PagedTable
            label="Prices"
            list={list}
            columns={columnsWith(setClosing)}
            idOf={({ id }) => id}
            empty={
              (search['model'] ?? '') === '' ? (
                <EmptyState title="No price was set">
                  The list prices of the registry hold. A price that is set goes before them.
                </EmptyState>
              ) : (
                <EmptyState title="No price was set for this model">
                  Take the filter away.
                </EmptyState>
              )
            }
          />
        </Stack>
      </Card>
      {isMaking ? (
        <NewPriceDialog
          onClose={() => {
            setMaking(false);
          }}
        />
      ) : null}
      {closing === undefined ? null : (
        <ClosePriceDialog
          price={closing}
          onClose={() => {
            setClosing(undefined);
          }}
        />
      )}
    </Page>
  );
}
