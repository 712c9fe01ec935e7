/** The model name every scripted answer carries and every request asks for unless told otherwise. */
export const benchModel = 'claude-sonnet-4-5';

const messageId = 'msg_01BenchBenchBenchBenchBe';
const jsonAnswerBytes = 1_200;
const streamEvents = 50;
const sentence = 'The handler reads the body once, checks the key and forwards the bytes. ';

/** A complete Messages answer of about 1.2 kB, with usage. */
export function buildJsonAnswer(): string {
  const answer = (text: string): string =>
    JSON.stringify({
      id: messageId,
      type: 'message',
      role: 'assistant',
      model: benchModel,
      content: [{ type: 'text', text }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: {
        input_tokens: 412,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        output_tokens: 203,
        service_tier: 'standard',
      },
    });
  const textChars = jsonAnswerBytes - answer('').length;
  return answer(sentence.repeat(Math.ceil(textChars / sentence.length)).slice(0, textChars));
}

function formatEvent(type: string, rest: Record<string, unknown>): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
}

/** One text delta as an SSE event. */
export function formatTextDelta(text: string): string {
  return formatEvent('content_block_delta', { index: 0, delta: { type: 'text_delta', text } });
}

/** The events that come before the first delta of a stream. */
export function buildStreamOpening(): readonly string[] {
  return [
    formatEvent('message_start', {
      message: {
        id: messageId,
        type: 'message',
        role: 'assistant',
        model: benchModel,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: {
          input_tokens: 412,
          cache_creation_input_tokens: 0,
          cache_read_input_tokens: 0,
          output_tokens: 1,
        },
      },
    }),
    formatEvent('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    formatEvent('ping', {}),
  ];
}

/** The events that end a stream. */
export function buildStreamEnding(): readonly string[] {
  return [
    formatEvent('content_block_stop', { index: 0 }),
    formatEvent('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: 203 },
    }),
    formatEvent('message_stop', {}),
  ];
}

/** A whole stream of exactly 50 events, one string an event. */
export function buildStreamEvents(): readonly string[] {
  const opening = buildStreamOpening();
  const ending = buildStreamEnding();
  const deltas = Array.from({ length: streamEvents - opening.length - ending.length }, (_, index) =>
    formatTextDelta(` token ${index} of the answer`),
  );
  return [...opening, ...deltas, ...ending];
}

/** Characters of a delta's sending instant, microseconds of the machine's monotonic clock, zero-padded. */
export const stampDigits = 16;

/** What stands before the stamp in a paced delta's text; a gateway forwards it untouched whatever it does to the JSON around it. */
export const stampPrefix = 'sent-at-us=';

/** Microseconds of the monotonic clock all processes of one machine share. */
export function readClockUs(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}

/** A paced delta that carries the instant it was sent. */
export function formatStampedDelta(sentAtUs: number): string {
  return formatTextDelta(`${stampPrefix}${String(sentAtUs).padStart(stampDigits, '0')} `);
}
