import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readSeedPage, schemasIn, snippetsIn } from '../../test/support/seed-pages.ts';
import type { JsonObject } from '../std/json.ts';
import type { CatalogEntry, CatalogTerms } from './describe-workers-ai-model.ts';
import { workersAiCatalog } from './describe-workers-ai-model.ts';
import { plans } from './plans.ts';
import { profileNames } from './profiles.ts';
import { writeModelPage } from './write-model-page.ts';

const terms: CatalogTerms = { plan: plans.standard, atMs: Date.parse('2026-11-01T00:00:00Z') };

function entryOf(name: string): CatalogEntry {
  const entry = workersAiCatalog('launch', terms).find(({ record }) => record.model_id === name);
  if (entry === undefined) throw new Error(`no entry ${name}`);
  return entry;
}

const sonnet46 = entryOf('anthropic/claude-sonnet-4.6');
const sonnet4 = entryOf('anthropic/claude-sonnet-4');
const page46 = writeModelPage(sonnet46);
const page4 = writeModelPage(sonnet4);

/** The rows of the tables below a heading, their cells as a reader sees them. */
function rowsBelow(page: string, heading: string): readonly (readonly string[])[] {
  const part = page.slice(page.indexOf(`\n${heading}\n`) + heading.length + 2);
  const [table = ''] = /(?:^\|.*\n)+/m.exec(part) ?? [];
  return table
    .trim()
    .split('\n')
    .slice(2)
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) =>
          cell
            .trim()
            .replaceAll(String.raw`\|`, '|')
            .replaceAll('`', ''),
        ),
    );
}

/** The tables of parameters, as `name` → type, required, constraints. */
function parametersOf(page: string): Readonly<Record<string, readonly string[]>> {
  const at = page.indexOf('\n## Parameters\n');
  const shown = page.slice(at, page.indexOf('\n## API Schemas\n'));
  const rows = [...rowsBelow(shown, '### Input'), ...rowsBelow(shown, '### Output')];
  return Object.fromEntries(rows.map(([name = '', ...cells]) => [name, cells]));
}

describe('W-C01 the page of Sonnet 4.6', () => {
  test('W-C01 says what it is', () => {
    const lines = page46.split('\n');
    for (const line of [
      '# Claude Sonnet 4.6',
      'Text Generation • Anthropic • Proxied',
      '`anthropic/claude-sonnet-4.6`',
    ]) {
      expect(lines).toContain(line);
    }
    expect(rowsBelow(page46, sonnet46.record.description)).toEqual([
      [expect.stringContaining('Context Window'), '200,000 tokens'],
      ['Terms and License', '[link ↗](https://www.anthropic.com/legal/commercial-terms)'],
      ['More information', '[link ↗](https://www.anthropic.com/claude/sonnet)'],
    ]);
  });

  test('W-C01 has the five examples in their order', () => {
    const places = sonnet46.record.examples.map(({ name, code_snippets }, index) => {
      const code = page46.indexOf(code_snippets[0]?.code ?? '?');
      expect(code).toBeGreaterThan(0);
      const title = page46.indexOf(index === 0 ? '## Usage' : `**${name}** — `);
      expect(title).toBeGreaterThan(0);
      return [title, code];
    });
    expect(places).toHaveLength(5);
    expect(places.flat()).toEqual(places.flat().toSorted((one, other) => one - other));
  });

  test('W-C06 it has no playground, since the model is hosted elsewhere', () => {
    for (const { record } of workersAiCatalog('launch', terms)) {
      expect(record.hosting).toBe('proxied');
    }
    expect(page46.toLowerCase()).not.toContain('playground');
  });
});

test('W-C02 the tables of parameters', () => {
  expect(parametersOf(page46)).toMatchObject({
    'messages[]': ['array', 'required', ''],
    'messages[].role': ['string', 'required', 'enum: user, assistant'],
    'messages[].content': ['string | array', 'required', ''],
    'messages[].content[].type': ['string', 'required', ''],
    'messages[].content[].source': ['any', '', ''],
    max_tokens: ['number', 'required', 'exclusiveMinimum: 0'],
    temperature: ['number', '', 'minimum: 0, maximum: 1'],
    'metadata{}': ['object', '', ''],
    type: ['string', 'const: message'],
    stop_reason: ['string | null', ''],
    'usage{}': ['object', ''],
    'usage.input_tokens': ['number', ''],
  });
});

test('a model that chooses its own sampling has no parameters for it', () => {
  const shown = parametersOf(writeModelPage(entryOf('anthropic/claude-opus-5')));
  expect(shown).toHaveProperty('max_tokens');
  expect(shown).not.toHaveProperty('temperature');
});

/** What seed 000 shows that belongs to the site around the page. */
const chrome = new Set([
  'image: https://developers.cloudflare.com/dev-products-preview.png',
  '[Skip to content](#%5Ftop)',
  'Was this helpful?',
  'YesNo',
  '[ Report issue ](https://github.com/cloudflare/cloudflare-docs/issues/new/choose)',
  'Copy page',
  '![Anthropic logo](https://developers.cloudflare.com/_astro/anthropic.DbRqBIjP.svg)',
  'Explain Code',
]);

/** A line without the blanks and the escapes that differ between writers of Markdown. */
function plain(line: string): string {
  return line
    .trim()
    .replaceAll(/ +/g, ' ')
    .replaceAll(/-{3,}/g, '---')
    .replaceAll(/\\([[\]_{}])/g, '$1');
}

describe('what the seeds show', () => {
  const seed000 = readSeedPage('000');
  const seed001 = readSeedPage('001');

  test.skipIf(seed000 === undefined)('Sonnet 4.6: every line, in order, up to its tables', () => {
    const until = '## Parameters';
    const [shown = ''] = (seed000 ?? '').split(`\n${until}`);
    const wanted = shown
      .split('\n')
      .map((line) => plain(line))
      .filter((line) => line !== '' && !line.startsWith('```') && !chrome.has(line));
    const lines = (page46.split(`\n${until}`)[0] ?? '')
      .split('\n')
      .map((line) => plain(line))
      .filter((line) => line !== '' && !line.startsWith('```'));
    expect(lines).toEqual(wanted);
  });

  test.skipIf(seed000 === undefined)('Sonnet 4.6: the parameters', () => {
    const seed = seed000 ?? '';
    const from = seed.indexOf('\n## Parameters\n');
    const lines = seed
      .slice(from, seed.indexOf('\n## API Schemas\n'))
      .split('\n')
      .map((line) => plain(line).replace('▶', ''))
      .filter((line) => line !== '' && !/^(?:##|\*)/.test(line));
    const wanted = lines.flatMap((line, index) =>
      index % 2 === 0 ? [[line, (lines[index + 1] ?? '').replaceAll('`', '')]] : [],
    );
    const shown = Object.entries(parametersOf(page46))
      .filter(([name]) => !name.includes('.'))
      .map(([name, cells]) => [name, cells.join('').replaceAll(', ', '')]);
    expect(shown).toEqual(wanted);
  });

  test.skipIf(seed000 === undefined)('Sonnet 4.6: the code and the schemas', () => {
    expect(snippetsIn(page46)).toEqual(snippetsIn(seed000 ?? ''));
    const shown = [...page46.matchAll(/```json\n([\s\S]*?)\n```/g)].map(
      ([, text = '']) => JSON.parse(text) as JsonObject,
    );
    const { input, output } = schemasIn(seed000 ?? '');
    expect(shown).toEqual([input, output]);
  });

  test.skipIf(seed001 === undefined)('Sonnet 4: every line up to its parameters, in order', () => {
    const ofTheSite = new Set([
      'Skip to content',
      'Anthropic logo',
      'Text GenerationAnthropicProxied',
    ]);
    const [shown = ''] = (seed001 ?? '').split('\nParameters\n');
    const wanted = shown.split('\n').filter((line) => line !== '' && !ofTheSite.has(line));
    const lines = page4.split('\n').map((line) => bare(line));
    const left = wanted.reduce<readonly string[]>((rest, line) => {
      const at = rest.indexOf(bare(line));
      expect([line, at >= 0]).toEqual([line, true]);
      return rest.slice(at + 1);
    }, lines);
    expect(left[0]).toContain('```');
  });
});

/** A line as its text alone: seed 001 has lost the marks of headings, links, tables and indents. */
function bare(line: string): string {
  return line
    .replaceAll(/\[([^\]]*?) ?↗\]\([^)]*\)/g, '$1')
    .replaceAll(/^\| | \|$|^\s*#+ |\*\*/g, '')
    .replaceAll(' | ', '')
    .trim();
}

describe.each(profileNames)('%s: the page of every model', (profile) => {
  test.each(workersAiCatalog(profile, terms))('$record.model_id', (entry) => {
    const page = writeModelPage(entry);
    const { name, description, examples } = entry.record;
    const [, front = ''] = /^---\n([\s\S]*?)\n---\n/.exec(page) ?? [];
    expect(parse(front)).toEqual({ title: name, description });
    for (const text of examples.flatMap(({ output }) => output?.text ?? [])) {
      expect(page).toContain(`\n${text}\n`);
    }
    expect(openFences(page)).toBe(0);
  });
});

/** How many fences are open at the end: one of a length closes the one of that length before it. */
function openFences(page: string): number {
  return page.split('\n').reduce<readonly number[]>((open, line) => {
    const [run, info] = [/^`{3,}/.exec(line)?.[0].length ?? 0, line.replace(/^`+/, '')];
    const inside = open.at(-1);
    if (run === 0) return open;
    if (inside === undefined) return [run];
    return run >= inside && info === '' ? [] : open;
  }, []).length;
}
