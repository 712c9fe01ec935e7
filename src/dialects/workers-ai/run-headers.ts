import type { HeaderList } from '../../messages/upstream.ts';

/** The caller's own id of a request, given back as it came; Workers reference §1.3. */
export const EVENT_ID_HEADER = 'cf-aig-event-id';
/** Which members of the inputs had no effect; the same header as in the form of Chat Completions. */
export const IGNORED_INPUTS_HEADER = 'x-ignored-params';
/** Which options had no effect. */
export const IGNORED_OPTIONS_HEADER = 'x-quatrain-ignored-options';

const eventId = /^[\x21-\x7e]{1,256}$/;

/** An id that can stand in a header; what is none is not given back. */
export function readEventId(value: unknown): string | undefined {
  return typeof value === 'string' && eventId.test(value) ? value : undefined;
}

/** A caller may call a member what it likes, and give as many as it likes; a header has neither. */
const headerName = /^[\w.-]{1,64}$/;
const NAMES_MAX = 64;

/** A header that lists names; absent where there is none that it could hold. */
export function namesHeader(header: string, names: readonly string[]): HeaderList {
  const shown = names.filter((name) => headerName.test(name)).slice(0, NAMES_MAX);
  return shown.length === 0 ? [] : [header, shown.join(', ')];
}
