import { messagesDialect } from '../dialects/messages/messages-dialect.ts';
import { refusal } from '../messages/errors.ts';
import { pageHeaders } from '../pages/page-headers.ts';
import type { WebEntry } from '../pages/web-assets.ts';
import type { MissingPage } from '../pages/write-missing-page.ts';
import { writeMissingMarkdown, writeMissingPage } from '../pages/write-missing-page.ts';
import type { EdgeReply } from './edge-reply.ts';
import type { ModelFile } from './read-models-question.ts';

/** How somebody asked for what is not there. */
export interface MissingAs {
  readonly as: ModelFile;
  readonly entry: WebEntry;
  readonly requestId?: string;
}

const SAFE = ['x-content-type-options', 'nosniff'];
/** It may be there soon: an operator lists models as they come. */
const notKept = ['cache-control', 'no-cache', 'vary', 'accept'];

/** A 404 in the way that was asked for: a page, its twin, or what programs read. */
export function missingReply(
  missing: MissingPage,
  { as, entry, requestId = '' }: MissingAs,
): EdgeReply {
  switch (as) {
    case 'html':
      return notFound('text/html; charset=utf-8', pageHeaders, writeMissingPage(missing, entry));
    case 'markdown':
      return notFound('text/markdown; charset=utf-8', SAFE, writeMissingMarkdown(missing));
    case 'input-schema':
    case 'output-schema': {
      const said = refusal('not_found', `There is no page of \`${missing.name}\`.`);
      const { body } = messagesDialect.encodeError(said, requestId);
      return notFound('application/json', SAFE, body);
    }
  }
}

function notFound(type: string, own: readonly string[], body: string | Uint8Array): EdgeReply {
  const headers = ['content-type', type, ...own, ...notKept];
  return { status: 404, headers, body: typeof body === 'string' ? Buffer.from(body) : body };
}
