/**
 * The chart library writes numbers in the browser's language from when it is loaded, and browsers on
 * systems without a locale name one that is none: `en-US@posix`. It would throw then, and take the page
 * with it. All texts of the console are in this language anyway.
 */
const OURS = 'en-US';

if (!isLanguage(navigator.language)) {
  Object.defineProperty(navigator, 'language', { value: OURS, configurable: true });
}

function isLanguage(tag: string): boolean {
  try {
    Intl.getCanonicalLocales(tag);
    return true;
  } catch {
    return false;
  }
}
