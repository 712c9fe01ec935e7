/** Streams in the API's form (API reference §5.3), written by hand, for tests that feed them in. */

function event(type: string, more: object = {}): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
}

export const messageStart: string = event('message_start', {
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 11, cache_read_input_tokens: 3, output_tokens: 1 },
  },
});
export const blockStart: string = event('content_block_start', {
  index: 0,
  content_block: { type: 'text', text: '' },
});
export const ping: string = 'event: ping\ndata: {"type": "ping"}\n\n';
export const blockStop: string = event('content_block_stop', { index: 0 });
export const messageDelta: string = event('message_delta', {
  delta: { stop_reason: 'end_turn', stop_sequence: null },
  usage: { output_tokens: 42, output_tokens_details: { thinking_tokens: 5 } },
});
export const messageStop: string = event('message_stop');

export function textDelta(text: string): string {
  return event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } });
}

export function errorOf(type: string, message: string): string {
  return event('error', { error: { details: null, type, message }, request_id: 'req_up' });
}

/** From the start to the first words: what a stream has said when it breaks in the middle. */
export const opening: string = messageStart + blockStart + ping + textDelta('Hello, ');
export const closing: string = blockStop + messageDelta + messageStop;
export const wholeStream: string = opening + textDelta('wörld 🌍') + closing;
