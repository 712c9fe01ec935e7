import type { JsonObject } from '../format/json-value.ts';

/** A piece of a turn, whichever form it is said in. */
export type Part =
  | { readonly kind: 'text'; readonly text: string; readonly citations: readonly JsonObject[] }
  /** Without a signature it is shown and not sent again. */
  | { readonly kind: 'thinking'; readonly text: string; readonly signature: string }
  | { readonly kind: 'redacted'; readonly data: string }
  /** A call of one of the caller's tools; its arguments are JSON once they are whole. */
  | {
      readonly kind: 'call';
      readonly id: string;
      readonly name: string;
      readonly argumentsText: string;
    }
  | {
      readonly kind: 'result';
      readonly callId: string;
      readonly name: string;
      readonly text: string;
      readonly isError: boolean;
    }
  | Attachment
  /** A block that this page has no own view of: it goes back as it came. */
  | { readonly kind: 'other'; readonly block: JsonObject; readonly argumentsText: string };

/** A picture or a document of the user. */
export interface Attachment {
  readonly kind: 'image' | 'pdf';
  readonly name: string;
  readonly mediaType: string;
  /** In base64. */
  readonly data: string;
  readonly bytes: number;
}

export type CallPart = Extract<Part, { readonly kind: 'call' }>;

/** One turn of a conversation. */
export interface Turn {
  readonly id: string;
  readonly role: 'user' | 'assistant';
  readonly parts: readonly Part[];
}

/** A part that is text. */
export function textPart(text: string): Part {
  return { kind: 'text', text, citations: [] };
}

/** All text of a turn. */
export function textOfParts(parts: readonly Part[]): string {
  return parts.flatMap((part) => (part.kind === 'text' ? [part.text] : [])).join('');
}

/** How much is attached to turns. */
export function bytesAttached(turns: readonly Turn[]): number {
  const parts = turns.flatMap((turn) => turn.parts);
  return parts.reduce((sum, part) => sum + ('bytes' in part ? part.bytes : 0), 0);
}

/** Calls of a turn that want a result. */
export function callsIn(turn: Turn | undefined): readonly CallPart[] {
  if (turn?.role !== 'assistant') return [];
  return turn.parts.filter((part) => part.kind === 'call');
}
