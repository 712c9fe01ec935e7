/** One event of a stream, or a comment between events. */
export type ServerEvent =
  | { readonly kind: 'event'; readonly data: string }
  | { readonly kind: 'comment'; readonly text: string };

const LINE_LETTERS_MAX = 8 * 1024 * 1024;

/**
 * Reads a body of server-sent events, comments too: the gateway says in one what a stream cost. Other
 * fields than data are left out; both forms say in the data what an event is.
 */
export async function* readServerEvents(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<ServerEvent, void, undefined> {
  let data: string[] = [];
  for await (const line of readLines(body)) {
    if (line.startsWith(':')) yield { kind: 'comment', text: line.slice(1).trimStart() };
    else if (line.startsWith('data:')) data.push(line.slice('data:'.length).replace(/^ /, ''));
    else if (line === '' && data.length > 0) {
      yield { kind: 'event', data: data.join('\n') };
      data = [];
    }
  }
}

/** Lines of a body, whatever way its chunks are cut; the last one may lack its end. */
export async function* readLines(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    // What ends with a CR may go on with its LF.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    if (rest.length > LINE_LETTERS_MAX) throw new Error('a line of the answer has no end');
    yield* lines;
  }
  rest += decoder.decode();
  if (rest !== '') yield rest.replace(/\r$/, '');
}
