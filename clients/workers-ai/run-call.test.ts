import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { runCall } from './run-call.ts';

/** What `run` keeps for itself, or acts on. */
const own = new Set(['prefix', 'extraHeaders', 'sessionOptions', 'signal', 'websocket']);
const json = fc.dictionary(fc.string(), fc.jsonValue());
const carried = fc.dictionary(
  fc.string().filter((name) => !own.has(name)),
  fc.jsonValue(),
);

test('inputs and options arrive as they were given', () => {
  fc.assert(
    fc.property(json, carried, (inputs, options) => {
      const { body, target } = runCall({ model: 'm', inputs, options });
      expect(body).toBe(JSON.stringify({ inputs, options }));
      expect(['/run?version=3', '/ai-gateway/run?version=3']).toContain(target);
    }),
  );
});

test('of a stream input the query has all the rest', () => {
  fc.assert(
    fc.property(json, (rest) => {
      const stream = { body: new FormData(), contentType: 'multipart/form-data' };
      const inputs = { ...rest, stream };
      const { body, target } = runCall({ model: 'm', inputs, options: {} });
      const query = new URL(target, 'http://gateway.test').searchParams;
      const { stream: _stream, ...others } = inputs;
      expect(query.get('userInputs')).toBe(JSON.stringify(others).toWellFormed());
      expect(body).toBe(stream.body);
    }),
  );
});
