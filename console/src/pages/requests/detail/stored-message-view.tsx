import type { ReactElement } from 'react';
import { useMemo, useState } from 'react';
import type { StoredMessage } from '../../../../../src/admin/contract-exchanges.ts';
import { bytesText } from '../../../format/figures.ts';
import { Card } from '../../../ui/card.tsx';
import { CodeBlock } from '../../../ui/code-block.tsx';
import { CheckField } from '../../../ui/field.tsx';
import styles from '../requests.module.css';
import { ScrollBox } from './scroll-box.tsx';

/** Longer bodies are shown as they are: nobody reads them indented. */
const INDENTED_MAX = 500_000;

/** Headers and body of one direction. */
export function StoredMessageView(props: {
  readonly message: StoredMessage;
  readonly name: 'request' | 'response';
}): ReactElement {
  const { message, name } = props;
  const headers = Object.entries(message.headers);
  const title = name === 'request' ? 'Request' : 'Response';
  return (
    <>
      <Card title={`${title} headers`} flush>
        <ScrollBox label={`${title} headers`}>
          <table className={styles['table']} data-look="headers">
            <tbody>
              {headers.map(([header, value]) => (
                <tr key={header}>
                  <th scope="row">
                    <code>{header}</code>
                  </th>
                  <td>
                    <code>{value}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {headers.length === 0 ? <p className={styles['none']}>No headers are kept.</p> : null}
        </ScrollBox>
      </Card>
      <Body message={message} title={`${title} body`} />
    </>
  );
}

function Body(props: { readonly message: StoredMessage; readonly title: string }): ReactElement {
  const {
    message: { text, bytes, is_cut: isCut },
    title,
  } = props;
  const [isRaw, setRaw] = useState(false);
  const indented = useMemo(() => (text === null ? undefined : indentedText(text)), [text]);
  return (
    <Card
      title={title}
      actions={
        <span className={styles['badges']}>
          <span className={styles['quiet']}>
            {bytesText(bytes)}
            {isCut ? ', the beginning of it' : ''}
          </span>
          {indented === undefined ? null : (
            <CheckField
              label="As it was sent"
              checked={isRaw}
              onChange={(event) => {
                setRaw(event.target.checked);
              }}
            />
          )}
        </span>
      }
    >
      {text === null ? (
        <p className={styles['quiet']}>It is no text.</p>
      ) : (
        <CodeBlock
          text={isRaw ? text : (indented ?? text)}
          label={`text of the ${title.toLowerCase()}`}
          wrap
        />
      )}
    </Card>
  );
}

/** Indented where it is JSON in full; undefined for everything else. */
function indentedText(text: string): string | undefined {
  if (text.length > INDENTED_MAX) return undefined;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return undefined;
  }
}
