import type { HtmlElement } from './read-html.ts';
import { exactText, findElements, isWanted, readHtml, shownText } from './read-html.ts';

/** All that a page says, read back out of its text, each fact on a line. */
export interface PageFacts {
  readonly name: string;
  readonly kind: string;
  readonly id: string;
  readonly description: string;
  readonly info: readonly string[];
  /** By the titles of their sections. */
  readonly sections: readonly (readonly [title: string, facts: readonly string[]])[];
}

/** Reads the facts of a model's page in HTML. */
export function factsOfHtml(text: string): PageFacts {
  const page = readHtml(text);
  const first = (wanted: string): HtmlElement => {
    const [found] = findElements(page, wanted);
    if (found === undefined) throw new Error(`no ${wanted}`);
    return found;
  };
  return {
    name: shownText(first('h1')),
    kind: shownText(first('.kind')),
    id: shownText(findElements(first('.model-id'), 'code')[0] ?? first('.model-id')),
    description: shownText(first('.description')),
    info: findElements(first('.info'), 'tr').map((row) => rowFact(row)),
    sections: sectionsOfHtml(page),
  };
}

/** What the sections of a page in HTML say. */
export function sectionsOfHtml(page: HtmlElement): PageFacts['sections'] {
  return findElements(page, '.page-section').map((section) => {
    const [title, ...rest] = elementChildren(section);
    if (title?.tag !== 'h2') throw new Error('a section begins with its title');
    return [shownText(title), rest.flatMap((element) => factsIn(element))] as const;
  });
}

function elementChildren({ children }: HtmlElement): readonly HtmlElement[] {
  return children.filter((child) => typeof child !== 'string');
}

function factsIn(element: HtmlElement): readonly string[] {
  switch (element.tag) {
    case 'p':
    case 'label':
      return [`text: ${shownText(element)}`];
    case 'h3':
      return [`heading: ${shownText(element)}`];
    case 'li':
      return [`item: ${shownText(element)}`];
    case 'tr':
      return [rowFact(element)];
    case 'pre':
      return [`code: ${exactText(element)}`];
    case 'legend':
    case 'input':
      return [];
    case 'details':
      if (isWanted(element, '.folded')) return foldedFacts(element);
      break;
    default:
  }
  if (isWanted(element, '.parameter-line')) return [parameterFact(element)];
  return elementChildren(element).flatMap((child) => factsIn(child));
}

function rowFact(row: HtmlElement): string {
  return `row: ${elementChildren(row)
    .map((cell) => shownText(cell))
    .join(' | ')}`;
}

function foldedFacts(element: HtmlElement): readonly string[] {
  const [summary, ...rest] = elementChildren(element);
  if (summary?.tag !== 'summary') throw new Error('what is folded has a title');
  const file = rest.find((child) => isWanted(child, '.file'));
  const title = `${shownText(summary)}${file === undefined ? '' : ` (${shownText(file)})`}`;
  const code = rest.filter((child) => child !== file).flatMap((child) => factsIn(child));
  return [`text: ${title}`, ...code];
}

function parameterFact(line: HtmlElement): string {
  const parts = [
    '.parameter-name',
    '.parameter-type',
    '.required',
    '.constraint',
    '.parameter-note',
  ];
  const cells = parts.map((wanted) =>
    findElements(line, wanted)
      .map((found) => shownText(found))
      .join(', '),
  );
  return `parameter: ${cells.join(' | ')}`;
}

/** Reads the facts of the same page in Markdown. */
export function factsOfMarkdown(text: string): PageFacts {
  const blocks = blocksIn(text.replace(/^---\n[\s\S]*?\n---\n/, ''));
  const at = blocks.findIndex((block) => block.startsWith('## '));
  const [name = '', kind = '', id = '', ...more] = blocks.slice(0, at);
  const info = more.find((block) => block.startsWith('|')) ?? '';
  const description = more.find((block) => !block.startsWith('>')) ?? '';
  return {
    name: name.replace(/^# /, ''),
    kind,
    id: plain(id),
    description: plain(description),
    info: cellsIn(info)
      .slice(1)
      .map((cells) => `row: ${cells.join(' | ')}`),
    sections: sectionsIn(blocks.slice(at)),
  };
}

/** What the sections of a page in Markdown say. */
export function sectionsOfMarkdown(text: string): PageFacts['sections'] {
  const blocks = blocksIn(text);
  return sectionsIn(blocks.slice(blocks.findIndex((block) => block.startsWith('## '))));
}

function sectionsIn(blocks: readonly string[]): PageFacts['sections'] {
  const sections: (readonly [string, string[]])[] = [];
  for (const block of blocks) {
    if (block.startsWith('## ')) sections.push([block.slice('## '.length), []]);
    else sections.at(-1)?.[1].push(...markdownFacts(block));
  }
  return sections;
}

/** Parts that blank lines separate, but for those within code. */
function blocksIn(text: string): readonly string[] {
  const blocks: string[] = [];
  let fence: string | undefined;
  let lines: string[] = [];
  const end = (): void => {
    if (lines.length > 0) blocks.push(lines.join('\n'));
    lines = [];
  };
  for (const line of text.split('\n')) {
    if (fence === undefined && line === '') end();
    else lines.push(line);
    if (fence === undefined) fence = /^`{3,}/.exec(line)?.[0];
    else if (line === fence) fence = undefined;
  }
  end();
  return blocks;
}

function markdownFacts(block: string): readonly string[] {
  const fence = /^`{3,}/.exec(block)?.[0];
  if (fence !== undefined) {
    return [`code: ${block.slice(block.indexOf('\n') + 1, -fence.length - 1)}`];
  }
  if (block.startsWith('### ')) return [`heading: ${plain(block.slice('### '.length))}`];
  if (block.startsWith('- ')) {
    return block.split('\n').map((line) => `item: ${plain(line.slice('- '.length))}`);
  }
  if (!block.startsWith('|')) return [`text: ${plain(block)}`];
  const [head = [], ...rows] = cellsIn(block);
  if (head[0] !== 'Parameter') return [head, ...rows].map((cells) => `row: ${cells.join(' | ')}`);
  return rows.map((cells) => `parameter: ${cells.join(' | ')}`);
}

/** The cells of a table, its head first. */
function cellsIn(table: string): readonly (readonly string[])[] {
  return table
    .split('\n')
    .filter((_line, at) => at !== 1)
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => plain(cell.trim().replaceAll(String.raw`\|`, '|'))),
    );
}

/** Without the marks of code, weight and links, as a reader sees it. */
function plain(text: string): string {
  return text
    .replaceAll(/`([^`]+)`|\[([^\]]+)\]\([^()\s]+\)|\*\*([^*]+)\*\*/g, '$1$2$3')
    .replaceAll(/[ \n\t]+/g, ' ')
    .trim();
}
