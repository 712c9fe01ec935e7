import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type {
  ContentOfExchange,
  ExchangeAnswer,
} from '../../../../../src/admin/contract-exchanges.ts';
import { instantText } from '../../../format/times.ts';
import { buttonClass } from '../../../ui/button.tsx';
import { CodeBlock } from '../../../ui/code-block.tsx';
import { EmptyState } from '../../../ui/states.tsx';
import styles from '../requests.module.css';
import { StoredMessageView } from './stored-message-view.tsx';
import { StreamReplay } from './stream-replay.tsx';

/** What the caller asked, as far as it is stored. */
export function AskedTab({ exchange }: { readonly exchange: ExchangeAnswer }): ReactElement {
  const { content } = exchange;
  if (content === null) return <NothingStored exchange={exchange} />;
  return (
    <div className={styles['stack']}>
      <StoredMessageView message={content.request} name="request" />
      <KeptNote content={content} />
    </div>
  );
}

/** What the caller got: a stream on its own timeline, and the bytes as they went out. */
export function AnsweredTab({ exchange }: { readonly exchange: ExchangeAnswer }): ReactElement {
  const { content } = exchange;
  if (content === null) return <NothingStored exchange={exchange} />;
  return (
    <div className={styles['stack']}>
      {content.events === null ? null : (
        <StreamReplay key={exchange.request.id} events={content.events} content={content} />
      )}
      <StoredMessageView message={content.response} name="response" />
      <KeptNote content={content} />
    </div>
  );
}

function KeptNote({ content }: { readonly content: ContentOfExchange }): ReactElement {
  const { source, removed_at: removedAt } = content;
  const end = removedAt === null ? '' : ` It is removed after ${instantText(removedAt)}.`;
  const where = source === 'request_log' ? 'the request log' : 'the log of its AI gateway';
  return (
    <p className={styles['quiet']}>
      Kept by {where}; headers with credentials are never kept.{end}
    </p>
  );
}

const switchOn = 'request_log:\n  bodies:\n    enabled: true';

/** Why nothing of what was said is here, and what to do about that. */
function NothingStored({ exchange }: { readonly exchange: ExchangeAnswer }): ReactElement {
  const { content_reason: reason, request } = exchange;
  if (reason === 'off') {
    return (
      <div className={styles['off']}>
        <EmptyState
          title="What is said is not kept"
          action={
            <Link to="/settings" className={buttonClass({})}>
              Settings
            </Link>
          }
        >
          The gateway keeps requests and answers only where that is switched on, since they have
          what prompts have. Put this into its configuration and start it again; requests from then
          on have their content here.
        </EmptyState>
        <CodeBlock text={switchOn} label="configuration" />
      </div>
    );
  }
  if (reason === 'not_kept' && request.status === 'running') {
    return <EmptyState title="It is not over">What was said is kept when it is.</EmptyState>;
  }
  return (
    <EmptyState
      title={reason === 'unreadable' ? 'What was kept cannot be read' : 'Nothing is kept of it'}
    >
      {reason === 'unreadable'
        ? 'The file on the disk is damaged. The row of the request and its money are not touched by that.'
        : 'It is older than what is kept, or there was no room for it when it was asked, or it ended before anything was said.'}
    </EmptyState>
  );
}
