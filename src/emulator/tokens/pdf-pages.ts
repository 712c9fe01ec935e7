import { PdfFile } from './pdf-file.ts';

/**
 * How many pages a PDF given as base64 has; undefined where it is no PDF or cannot be read. The
 * root of the page tree counts its leaves (ISO 32000-1 §7.7.3).
 */
export function pdfPages(base64: string): number | undefined {
  const file = PdfFile.from(base64);
  return file === undefined ? undefined : pagesOf(file);
}

/** The same for a file that is open already. */
export function pagesOf(file: PdfFile): number | undefined {
  const root = referred(file, file.afterLast('/Root'));
  const tree = referred(file, root === undefined ? undefined : /\/Pages(\s[^/>]*)/.exec(root)?.[1]);
  const count =
    tree === undefined ? undefined : /\/Count\s+(\d{1,9})(?!\s+\d+\s+R)/.exec(tree)?.[1];
  return count === undefined ? undefined : Number(count);
}

/** The dictionary behind a reference such as ` 12 0 R`. */
function referred(file: PdfFile, text: string | undefined): string | undefined {
  const id = text === undefined ? undefined : /^\s*(\d{1,9})\s+\d+\s+R/.exec(text)?.[1];
  return id === undefined ? undefined : file.dictionary(Number(id));
}
