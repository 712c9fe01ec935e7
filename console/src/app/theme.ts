export type Theme = 'light' | 'dark';

const KEY = 'quatrain-theme';

/** What somebody chose is kept; where nobody chose, the system says. */
export function chooseTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
  localStorage.setItem(KEY, theme);
}

/** Applies what was chosen before, on every load. */
export function applyChosenTheme(): void {
  const chosen = localStorage.getItem(KEY);
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset['theme'] = chosen;
}
