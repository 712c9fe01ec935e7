import { Plus } from 'lucide-react';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { PriceAnswer } from '../../../../src/admin/contract.ts';
import { usePages } from '../../api/use-pages.ts';
import { useSearchText } from '../../app/use-search-text.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import type { TableColumn } from '../../ui/data-table.tsx';
import { FilterBar } from '../../ui/filter-bar.tsx';
import { MoneyText } from '../../ui/money-text.tsx';
import { Page } from '../../ui/page.tsx';
import { Stack } from '../../ui/stack.tsx';
import { PagedTable } from '../../ui/paged-table.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { ClosePriceDialog } from './close-price-dialog.tsx';
import { ListedPrices } from './listed-prices.tsx';
import { NewPriceDialog } from './new-price-dialog.tsx';

const filters = [{ name: 'model', label: 'Model', placeholder: 'Any' }];

function columnsWith(close: (price: PriceAnswer) => void): readonly TableColumn<PriceAnswer>[] {
  return [
    {
      id: 'model',
      name: 'Model',
      width: 'minmax(196px, 1.6fr)',
      cell: ({ model }) => <code>{model}</code>,
    },
    { id: 'class', name: 'Class', width: '128px', cell: (price) => price.class },
    {
      id: 'price',
      name: 'A million',
      width: '100px',
      isNumber: true,
      cell: (price) => <MoneyText nano={price.nano_per_mtok} />,
    },
    {
      id: 'tier',
      name: 'Prompts above',
      width: '120px',
      isNumber: true,
      cell: ({ tier_from_input_tokens: from }) => (from === 0 ? '–' : from.toLocaleString('en-US')),
    },
    { id: 'plan', name: 'Plan', width: '110px', cell: ({ plan }) => plan ?? 'every' },
    {
      id: 'from',
      name: 'From',
      width: '100px',
      cell: (price) => <TimeText instant={price.effective_from} />,
    },
    {
      id: 'to',
      name: 'To',
      width: '100px',
      cell: (price) => <TimeText instant={price.effective_to} />,
    },
    { id: 'source', name: 'Source', width: 'minmax(140px, 1fr)', cell: ({ source }) => source },
    {
      id: 'close',
      name: '',
      width: '90px',
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

/** What tokens cost: the prices in force, and those that operators set. */
export function PricesPage(): ReactElement {
  const { search } = useSearchText();
  const [isMaking, setMaking] = useState(false);
  const [closing, setClosing] = useState<PriceAnswer>();
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
              <EmptyState title="No price was set">
                The list prices of the registry hold. A price that is set goes before them.
              </EmptyState>
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
