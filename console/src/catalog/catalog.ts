import './catalog.css';
import './print.css';

/*
 * What pages of the catalog do besides being read. Nothing on them needs it: buttons that only work
 * with a script are hidden until this shows them.
 */

const COPIED_MS = 1600;
const TAB_KEY = 'quatrain.catalog.tab';

/** Writes a text to the clipboard, and says on the button what came of it. */
async function copyFrom(button: HTMLElement, read: () => Promise<string>): Promise<void> {
  const words = button.textContent;
  let said = 'Copied';
  try {
    await navigator.clipboard.writeText(await read());
  } catch {
    // Refused by the browser or not reachable: the reader can select the text.
    said = 'Not copied';
  }
  button.textContent = said;
  setTimeout(() => {
    button.textContent = words;
  }, COPIED_MS);
}

function showCopyButtons(): void {
  for (const button of document.querySelectorAll<HTMLElement>('[data-copy]')) {
    const source = document.getElementById(button.dataset['copy'] ?? '');
    if (source === null) continue;
    button.hidden = false;
    button.addEventListener('click', () => {
      void copyFrom(button, () => Promise.resolve(source.textContent));
    });
  }
  for (const button of document.querySelectorAll<HTMLElement>('[data-copy-page]')) {
    const path = button.dataset['copyPage'];
    if (path === undefined) continue;
    button.hidden = false;
    button.addEventListener('click', () => {
      void copyFrom(button, () => textAt(path));
    });
  }
  for (const code of document.querySelectorAll<HTMLElement>('.code')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = 'Copy';
    button.addEventListener('click', () => {
      void copyFrom(button, () => Promise.resolve(code.querySelector('code')?.textContent ?? ''));
    });
    code.append(button);
  }
}

async function textAt(path: string): Promise<string> {
  const response = await fetch(path, { headers: { accept: 'text/markdown' } });
  if (!response.ok) throw new Error(`${path} answers ${String(response.status)}`);
  return response.text();
}

/** The language that a reader chose once is chosen in every group, here and on the next page. */
function rememberTabs(): void {
  const inputs = [...document.querySelectorAll<HTMLInputElement>('.tabs > input')];
  const choose = (key: string): void => {
    for (const input of inputs) if (input.value === key) input.checked = true;
  };
  const remembered = readStored();
  if (remembered !== undefined) choose(remembered);
  for (const input of inputs) {
    input.addEventListener('change', () => {
      const before = input.getBoundingClientRect().top;
      choose(input.value);
      // Groups above may be higher now: what was clicked stays where it was.
      window.scrollBy(0, input.getBoundingClientRect().top - before);
      store(input.value);
    });
  }
}

function readStored(): string | undefined {
  try {
    return localStorage.getItem(TAB_KEY) ?? undefined;
  } catch {
    // A browser that keeps nothing for pages.
    return undefined;
  }
}

function store(key: string): void {
  try {
    localStorage.setItem(TAB_KEY, key);
  } catch {
    // The choice holds for this page.
  }
}

/** Narrows the list of models while a reader types, as the form does when it is sent. */
function filterAtOnce(): void {
  const form = document.querySelector<HTMLFormElement>('[data-filters]');
  const list = document.querySelector('[data-model-list]');
  if (form === null || list === null) return;
  const items = [...list.querySelectorAll<HTMLElement>('.model')];
  const count = document.querySelector('[data-found-count]');
  const empty = document.querySelector<HTMLElement>('[data-empty]');
  const narrow = (): void => {
    const asked = new FormData(form);
    const found = items.filter((item) => isFound(item, asked));
    for (const item of items) item.hidden = !found.includes(item);
    if (count !== null) count.textContent = String(found.length);
    if (empty !== null) empty.hidden = found.length > 0;
    history.replaceState(null, '', addressOf(form, asked));
  };
  form.querySelector<HTMLElement>('[data-submit]')?.setAttribute('hidden', '');
  form.addEventListener('input', narrow);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    narrow();
  });
}

function isFound({ dataset }: HTMLElement, asked: FormData): boolean {
  const words = valueIn(asked, 'q').toLowerCase().replaceAll('.', '-').split(/\s+/);
  const has = (name: 'author' | 'forms' | 'features', wanted: string): boolean =>
    wanted === '' || (dataset[name] ?? '').split(' ').includes(wanted);
  return (
    has('author', valueIn(asked, 'author')) &&
    has('forms', valueIn(asked, 'form')) &&
    has('features', valueIn(asked, 'feature')) &&
    words.every((word) => (dataset['text'] ?? '').includes(word))
  );
}

function addressOf({ action }: HTMLFormElement, asked: FormData): string {
  const query = new URLSearchParams();
  for (const [name, value] of asked) {
    if (typeof value === 'string' && value !== '') query.append(name, value);
  }
  const { pathname } = new URL(action);
  return query.size === 0 ? pathname : `${pathname}?${query.toString()}`;
}

function valueIn(asked: FormData, name: string): string {
  const value = asked.get(name);
  return typeof value === 'string' ? value.trim() : '';
}

/** Marks in the table of contents which section is being read. */
function markSection(): void {
  const links = new Map(
    [...document.querySelectorAll<HTMLAnchorElement>('.contents a')].map((link) => [
      link.hash.slice(1),
      link,
    ]),
  );
  if (links.size === 0) return;
  const observer = new IntersectionObserver(
    (entries) => {
      const shown = entries.find(({ isIntersecting }) => isIntersecting);
      const id = shown?.target.querySelector('h2')?.id;
      if (id === undefined) return;
      for (const [name, link] of links) {
        if (name === id) link.setAttribute('aria-current', 'true');
        else link.removeAttribute('aria-current');
      }
    },
    { rootMargin: '-20% 0px -70% 0px' },
  );
  for (const section of document.querySelectorAll('.page-section')) observer.observe(section);
}

showCopyButtons();
rememberTabs();
filterAtOnce();
markSection();
