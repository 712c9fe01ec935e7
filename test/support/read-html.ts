/** An element of a page that the gateway wrote: every one that is opened is closed there. */
export interface HtmlElement {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (HtmlElement | string)[];
}

interface OpenElement extends HtmlElement {
  readonly children: (HtmlElement | string)[];
}

const voidTags: ReadonlySet<string> = new Set(['meta', 'link', 'input', 'br', 'img', 'hr']);
const token =
  /<!doctype html>|<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*\/?>|([^<]+)/gi;
const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&#13;': '\r',
};

/** Reads a page strictly: what is not well-formed is an error, and so is what a reader would mend. */
export function readHtml(text: string): HtmlElement {
  const root: OpenElement = { tag: '', attributes: {}, children: [] };
  const open = [root];
  let end = 0;
  for (const { 0: whole, 1: slash, 2: name, 3: written, 4: words, index } of text.matchAll(token)) {
    if (index !== end) throw new Error(`not HTML: ${text.slice(end, end + 80)}`);
    end = index + whole.length;
    const holder = open.at(-1) ?? root;
    if (words !== undefined) holder.children.push(holder.tag === 'script' ? words : decoded(words));
    if (name === undefined) continue;
    const tag = name.toLowerCase();
    if (slash === '/') {
      if (open.pop()?.tag !== tag) throw new Error(`</${tag}> ends ${holder.tag}`);
      continue;
    }
    const element: OpenElement = { tag, attributes: attributesIn(written ?? ''), children: [] };
    holder.children.push(element);
    if (!voidTags.has(tag)) open.push(element);
  }
  if (end !== text.length || open.length !== 1) throw new Error('the page does not end');
  return root;
}

function attributesIn(written: string): Readonly<Record<string, string>> {
  const found = [...written.matchAll(/([a-z-]+)(?:="([^"]*)")?/gi)].map(
    ([, name = '', value = '']) => [name, decoded(value)] as const,
  );
  if (new Set(found.map(([name]) => name)).size !== found.length) {
    throw new Error(`an attribute twice: ${written}`);
  }
  return Object.fromEntries(found);
}

function decoded(text: string): string {
  return text.replaceAll(/&[^;\s]{1,8};/g, (entity) => {
    const sign = entities[entity];
    if (sign === undefined) throw new Error(`an unknown entity: ${entity}`);
    return sign;
  });
}

/** Elements within one, itself among them, in their order. */
export function elementsIn(root: HtmlElement): readonly HtmlElement[] {
  return [
    root,
    ...root.children.flatMap((child) => (typeof child === 'string' ? [] : elementsIn(child))),
  ];
}

/** Elements of a tag or, with a dot, of a class. */
export function findElements(root: HtmlElement, wanted: string): readonly HtmlElement[] {
  return elementsIn(root).filter((element) => isWanted(element, wanted));
}

export function isWanted({ tag, attributes }: HtmlElement, wanted: string): boolean {
  const classes = (attributes['class'] ?? '').split(' ');
  return wanted.startsWith('.') ? classes.includes(wanted.slice(1)) : tag === wanted;
}

/** What is written in an element, as it is. */
export function exactText(element: HtmlElement): string {
  return element.children
    .map((child) => (typeof child === 'string' ? child : exactText(child)))
    .join('');
}

/** The same as a reader sees it: runs of blanks are one. */
export function shownText(element: HtmlElement): string {
  return exactText(element)
    .replaceAll(/[ \n\t]+/g, ' ')
    .trim();
}
