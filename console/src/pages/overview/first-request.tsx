import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useSession } from '../../app/session.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { CodeBlock } from '../../ui/code-block.tsx';
import styles from './overview.module.css';

/** What to do with a gateway that nobody has asked anything yet. */
export function FirstRequest(): ReactElement {
  const { session } = useSession();
  return (
    <Card title="Send the first request">
      <div className={styles['first']}>
        <p>
          Nothing was asked of this gateway yet. Make a key, put it in the place of{' '}
          <code>$QUATRAIN_API_KEY</code> and send this, or try a model in the playground without any
          key. What comes in is shown here at once.
        </p>
        <CodeBlock label="first request" text={curlOf(session.public_url)} />
        <div className={styles['actions']}>
          <Link to="/playground" className={buttonClass({ look: 'primary' })}>
            Open the playground
          </Link>
          <Link to="/keys" className={buttonClass({})}>
            Make a key
          </Link>
        </div>
      </div>
    </Card>
  );
}

function curlOf(publicUrl: string): string {
  const body = {
    model: 'claude-sonnet-4-6',
    max_tokens: 256,
    messages: [{ role: 'user', content: 'Hello, Claude' }],
  };
  return [
    `curl ${publicUrl}/v1/messages \\`,
    '  -H "x-api-key: $QUATRAIN_API_KEY" \\',
    '  -H "anthropic-version: 2023-06-01" \\',
    '  -H "content-type: application/json" \\',
    `  -d '${JSON.stringify(body)}'`,
  ].join('\n');
}
