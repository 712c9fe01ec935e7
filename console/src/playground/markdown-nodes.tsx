import { RuleType } from 'markdown-to-jsx/react';
import type { ReactElement, ReactNode } from 'react';
import { Fragment } from 'react';
import { CopyButton } from '../ui/copy-button.tsx';
import { HeadingLevels } from './heading-levels.ts';
import styles from './markdown.module.css';
import type { MarkdownNode } from './read-markdown.ts';
import { safeLink } from './safe-link.ts';

type Views = {
  readonly [Type in MarkdownNode['type']]: (
    node: Extract<MarkdownNode, { readonly type: Type }>,
    levels: HeadingLevels,
  ) => ReactNode;
};

/** What Markdown may become: these elements with these attributes, and no others. */
const views: Views = {
  [RuleType.text]: ({ text }) => text,
  [RuleType.paragraph]: ({ children }, levels) => <p>{shown(children, levels)}</p>,
  [RuleType.heading]({ level, children }, levels) {
    if (children.length === 0) return null;
    const Heading = levels.next(level);
    return <Heading>{shown(children, levels)}</Heading>;
  },
  [RuleType.textFormatted]({ tag, children }, levels) {
    const Tag = formats[tag] ?? Fragment;
    return <Tag>{shown(children, levels)}</Tag>;
  },
  [RuleType.codeInline]: ({ text }) => <code>{text}</code>,
  [RuleType.codeBlock]: ({ lang = '', text }) => <Code language={lang} text={text} />,
  [RuleType.link]: ({ target, children }, levels) => (
    <Link target={target}>{shown(children, levels)}</Link>
  ),
  // A picture would be asked for elsewhere, which tells others who reads what.
  [RuleType.image]: ({ target, alt = '' }) => (
    <Link target={target}>{alt === '' ? 'Image' : `Image: ${alt}`}</Link>
  ),
  [RuleType.blockQuote]: ({ alert, children }, levels) => (
    <blockquote>
      {alert === undefined ? null : <strong className={styles['alert']}>{alert}</strong>}
      {shown(children, levels)}
    </blockquote>
  ),
  [RuleType.unorderedList]: ({ items }, levels) => <ul>{shownItems(items, levels)}</ul>,
  [RuleType.orderedList]: ({ items, start }, levels) => (
    <ol start={start}>{shownItems(items, levels)}</ol>
  ),
  [RuleType.gfmTask]: ({ completed }) => (
    <span role="img" aria-label={completed ? 'Done' : 'Not done'}>
      {completed ? '☑' : '☐'}
    </span>
  ),
  [RuleType.table]: (table, levels) => <Table table={table} levels={levels} />,
  [RuleType.breakLine]: () => <br />,
  [RuleType.breakThematic]: () => <hr />,
  [RuleType.footnoteReference]: ({ text }) => <sup>{`[${text}]`}</sup>,
  [RuleType.refCollection]: ({ refs }) => <Footnotes refs={refs} />,
  [RuleType.ref]: () => null,
  [RuleType.footnote]: () => null,
  // The parser is told to leave markup alone; should it find some all the same, its words remain.
  [RuleType.frontmatter]: ({ text }) => text,
  [RuleType.htmlComment]: ({ text }) => text,
  [RuleType.htmlBlock]: ({ children = [] }, levels) => shown(children, levels),
  [RuleType.htmlSelfClosing]: () => null,
};

const formats: Readonly<Record<string, 'strong' | 'em' | 'del' | 'mark'>> = {
  strong: 'strong',
  em: 'em',
  del: 'del',
  mark: 'mark',
};

/** The pieces of a text, as elements of the page; what footnotes say comes last. */
export function shownMarkdown(nodes: readonly MarkdownNode[]): ReactNode {
  const isLast = ({ type }: MarkdownNode): boolean => type === RuleType.refCollection;
  const inOrder = [...nodes.filter((node) => !isLast(node)), ...nodes.filter(isLast)];
  return shown(inOrder, new HeadingLevels());
}

function shown(nodes: readonly MarkdownNode[], levels: HeadingLevels): ReactNode {
  // oxlint-disable-next-line react/no-array-index-key -- pieces have no names and keep their places
  return nodes.map((node, at) => <Fragment key={at}>{shownNode(node, levels)}</Fragment>);
}

function shownNode(node: MarkdownNode, levels: HeadingLevels): ReactNode {
  const view = views[node.type] as (node: MarkdownNode, levels: HeadingLevels) => ReactNode;
  return view(node, levels);
}

function shownItems(items: readonly (readonly MarkdownNode[])[], levels: HeadingLevels): ReactNode {
  // oxlint-disable-next-line react/no-array-index-key -- items have no names and keep their places
  return items.map((item, at) => <li key={at}>{shown(item, levels)}</li>);
}

function Link(props: {
  readonly target: string | null;
  readonly children: ReactNode;
}): ReactElement {
  const href = safeLink(props.target);
  if (href === undefined) return <>{props.children}</>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {props.children}
    </a>
  );
}

function Code({
  language,
  text,
}: {
  readonly language: string;
  readonly text: string;
}): ReactElement {
  const name = language === '' ? 'code' : language;
  return (
    <div className={styles['code']}>
      <div className={styles['codeHead']}>
        <span>{name}</span>
        <CopyButton text={text} label="code" />
      </div>
      {/* What is wide is scrolled by keyboard too. */}
      <pre tabIndex={0} role="group" aria-label={`Code: ${name}`}>
        <code>{text}</code>
      </pre>
    </div>
  );
}

function Table(props: {
  readonly table: Extract<MarkdownNode, { readonly type: typeof RuleType.table }>;
  readonly levels: HeadingLevels;
}): ReactElement {
  const { table, levels } = props;
  const { header, cells, align } = table;
  const sideOf = (at: number): string | undefined => styles[align[at] ?? 'left'];
  return (
    <div className={styles['table']} tabIndex={0} role="group" aria-label="Table">
      <table>
        <thead>
          <tr>
            {header.map((cell, at) => (
              // oxlint-disable-next-line react/no-array-index-key -- columns keep their places
              <th key={at} scope="col" className={sideOf(at)}>
                {shown(cell, levels)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cells.map((row, line) => (
            // oxlint-disable-next-line react/no-array-index-key -- rows keep their places
            <tr key={line}>
              {row.map((cell, at) => (
                // oxlint-disable-next-line react/no-array-index-key -- columns keep their places
                <td key={at} className={sideOf(at)}>
                  {shown(cell, levels)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const FOOTNOTE = '^';

/** What footnotes say, at the end of the text. */
function Footnotes(props: {
  readonly refs: Readonly<Record<string, { readonly target: string }>>;
}): ReactElement | null {
  const notes = Object.entries(props.refs).filter(([name]) => name.startsWith(FOOTNOTE));
  if (notes.length === 0) return null;
  return (
    <dl className={styles['footnotes']}>
      {notes.map(([name, { target }]) => (
        <div key={name}>
          <dt>{`[${name.slice(FOOTNOTE.length)}]`}</dt>
          <dd>{target}</dd>
        </div>
      ))}
    </dl>
  );
}
