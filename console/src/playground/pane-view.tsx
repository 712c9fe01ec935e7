import { Plus } from 'lucide-react';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { ListedModel } from '../../../src/pages/models-json.ts';
import { Button } from '../ui/button.tsx';
import { CodeBlock } from '../ui/code-block.tsx';
import { EmptyState } from '../ui/states.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { CodeView } from './code-view.tsx';
import { Conversation } from './conversation.tsx';
import { EventList } from './event-list.tsx';
import styles from './playground.module.css';
import type { Pane } from './pane.ts';
import { newTurn } from './pane.ts';
import { listedForm } from './setup.ts';
import type { Transport } from './transport.ts';
import type { PlaygroundControl } from './use-playground.ts';
import type { TextLook } from './use-text-look.ts';

/** What the parts of a pane get. */
export interface PaneProps {
  readonly at: number;
  readonly pane: Pane;
  readonly control: PlaygroundControl;
  readonly models: readonly ListedModel[];
  readonly transport: Transport;
  /** Of answers. */
  readonly look: TextLook;
  /** What stands in the composer. */
  readonly draft: string;
  readonly onExample: (text: string) => void;
}

/** One conversation with all that is known of its last request. */
export function PaneView(props: PaneProps): ReactElement {
  const { at, pane, control, models } = props;
  const [view, setView] = useState('conversation');
  const { setup, run } = pane;
  const model = models.find(({ id }) => id === setup.modelId);
  const count = run === undefined ? '' : ` (${String(run.eventCount)})`;
  const form = listedForm(models, setup)?.label ?? setup.form;
  const asked = [model?.name ?? setup.modelId, form, setup.upstream];
  const name = asked.filter((part) => part !== '').join(' · ');
  const side = at === 0 ? 'Left: ' : 'Right: ';
  const place = control.isCompared ? side : '';
  return (
    <section className={styles['pane']} aria-label={`${place}${name}`}>
      <header className={styles['paneHead']}>
        <h2 className={styles['paneTitle']}>{name}</h2>
        <Button
          look="ghost"
          small
          onClick={() => {
            const role = pane.turns.at(-1)?.role === 'user' ? 'assistant' : 'user';
            control.setTurns(at, [...pane.turns, newTurn(role, [])]);
            setView('conversation');
          }}
        >
          <Plus size={14} aria-hidden />
          Add turn
        </Button>
      </header>
      <Tabs
        label={`Views of ${name}`}
        value={view}
        onChange={setView}
        tabs={[
          { value: 'conversation', name: 'Conversation', content: <Conversation {...props} /> },
          { value: 'events', name: `Raw events${count}`, content: <EventList run={run} /> },
          { value: 'request', name: 'Request', content: <SentRequest pane={pane} /> },
          { value: 'code', name: 'Code', content: <CodeView key={setup.form} {...props} /> },
        ]}
      />
    </section>
  );
}

/** The body as it went out. */
function SentRequest({ pane: { run } }: { readonly pane: Pane }): ReactElement {
  if (run === undefined) {
    return <EmptyState title="Nothing was sent yet">Here stands what goes out.</EmptyState>;
  }
  return (
    <div className={styles['sent']}>
      <p className={styles['sentPath']}>
        <code>{`POST ${run.path}`}</code>
      </p>
      <CodeBlock text={shownBody(run.body)} label="request body" wrap />
    </div>
  );
}

const SHOWN_LETTERS_MAX = 200_000;

/** Attachments would fill the page: of what is very long only the beginning is shown. */
function shownBody(body: string): string {
  const text = JSON.stringify(JSON.parse(body) as unknown, shortened, 2);
  return text.length <= SHOWN_LETTERS_MAX ? text : `${text.slice(0, SHOWN_LETTERS_MAX)} …`;
}

const TEXT_LETTERS_MAX = 20_000;
const TEXT_LETTERS_SHOWN = 200;

function shortened(_name: string, value: unknown): unknown {
  if (typeof value !== 'string' || value.length <= TEXT_LETTERS_MAX) return value;
  return `${value.slice(0, TEXT_LETTERS_SHOWN)} … (${String(value.length)} letters)`;
}
