import type { ModelPage, PageBlock, PageParameter, PageSection } from './model-page.ts';

/** A model's page in Markdown: the same facts as the HTML, in the same order. */
export function writePageMarkdown(page: ModelPage): string {
  const { name, title, description, kind, id, notice, siblings, info, sections } = page;
  const parts = [
    ['---', `title: ${yamlText(title)}`, `description: ${yamlText(description)}`, '---'].join('\n'),
    `# ${name}`,
    kind.join(' • '),
    `\`${id}\``,
    ...(notice === undefined ? [] : [`> ${notice}`]),
    description,
    siblings
      .map(({ form, label, path }) =>
        form === page.form ? `**${label}**` : `[${label}](${path}index.md)`,
      )
      .join(' · '),
    table(['Model Info', ''], info),
    `[Try it](${page.playgroundPath})`,
    ...sections.flatMap((section) => writeSectionMarkdown(section)),
  ];
  return `${parts.join('\n\n')}\n`;
}

const plainYaml = /^[A-Za-z][^:#\n]*[^:#\s]$/;

/** As it is, unless YAML would read something else in it. */
function yamlText(text: string): string {
  return plainYaml.test(text) ? text : JSON.stringify(text);
}

/** A section of a page in Markdown, in parts that blank lines come between. */
export function writeSectionMarkdown({ title, blocks }: PageSection): readonly string[] {
  return [`## ${title}`, ...blocks.flatMap((block) => blockText(block))];
}

function blockText(block: PageBlock): readonly string[] {
  switch (block.kind) {
    case 'text':
      return [block.text];
    case 'list':
      return [block.items.map((item) => `- ${item}`).join('\n')];
    case 'table':
      return [table(block.head, block.rows)];
    case 'heading':
      return [`### ${block.text}`, ...(block.note === undefined ? [] : [block.note])];
    case 'code':
      return [fenced(block.code, block.language)];
    case 'folded': {
      const { title, file, code, language } = block;
      return [
        `**${title}**${file === undefined ? '' : ` ([${file}](${file}))`}`,
        fenced(code, language),
      ];
    }
    case 'tabs':
      return block.tabs.flatMap(({ label, language, code }) => [label, fenced(code, language)]);
    case 'parameters':
      return [parametersText(block.rows)];
  }
}

function parametersText(rows: readonly PageParameter[]): string {
  return table(
    ['Parameter', 'Type', 'Required', 'Constraints', 'Notes'],
    flat(rows).map(({ way, type, isRequired, constraints, note = '' }) => [
      `\`${way}\``,
      `\`${type}\``,
      isRequired ? 'required' : '',
      constraints.join(', '),
      note,
    ]),
  );
}

function flat(rows: readonly PageParameter[]): readonly PageParameter[] {
  return rows.flatMap((row) => [row, ...flat(row.children)]);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map((cells) => line(cells))].join('\n');
}

/** In a fence that is longer than any within. */
function fenced(text: string, language: string): string {
  const within = [...text.matchAll(/`{3,}/g)].map(([run]) => run.length);
  const fence = '`'.repeat(Math.max(2, ...within) + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
