/** A document with the tables that are made from the code as they are to be, between their marks. */
export function withTables(text: string, made: Readonly<Record<string, string>>): string {
  return Object.entries(made).reduce((written, [name, rows]) => {
    const [begin, end] = [`<!-- made from the code: ${name} -->`, `<!-- end: ${name} -->`];
    const [from, to] = [written.indexOf(begin), written.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`the document has no place for ${name}`);
    return `${written.slice(0, from + begin.length)}\n${rows}\n${written.slice(to)}`;
  }, text);
}
