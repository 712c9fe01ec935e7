import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRefusal } from '../messages/errors.ts';
import type { JsonValue } from '../std/json.ts';
import type { RouteContext, RouteGraph } from './dynamic-route.ts';
import { nextStop } from './dynamic-route.ts';
import { readRouteElements } from './read-route-elements.ts';
import { shareOf } from './route-share.ts';

const to = (elementId: string): JsonValue => ({ elementId });
const start = { id: 's', type: 'start', outputs: { next: to('a') } };
const end = { id: 'e', type: 'end', outputs: {} };
const model = (id: string): JsonValue => ({
  id,
  type: 'model',
  properties: { provider: 'p', model: id },
  outputs: { success: to('e') },
});

function graphOf(elements: JsonValue): RouteGraph {
  const graph = readRouteElements(elements);
  if (isRefusal(graph)) throw new Error(graph.detail);
  return graph;
}

const context: RouteContext = {
  factAt: () => undefined,
  shareOf: () => 0,
  admit: () => undefined,
};

describe('the ways of a route', () => {
  const shares = graphOf([
    start,
    {
      id: 'a',
      type: 'percentage',
      outputs: { '10%': to('one'), '20.5%': to('two'), else: to('three') },
    },
    model('one'),
    model('two'),
    model('three'),
    end,
  ]);

  test.each([
    [0, 'one'],
    [9.99, 'one'],
    [10, 'two'],
    [30.49, 'two'],
    [30.5, 'three'],
    [99.99, 'three'],
  ])('whoever falls at %s of a hundred comes to %s', (place, id) => {
    expect(nextStop(shares, 's', { ...context, shareOf: () => place })).toMatchObject({ id });
  });

  const rate = { id: 'a', type: 'rate', properties: { key: 'metadata.u', limit: 1, window: 60 } };

  test('a limit without a fallback stops the way, and says until when', () => {
    const graph = graphOf([start, { ...rate, outputs: { success: to('m') } }, model('m'), end]);
    const over = { ...context, admit: () => 500 };
    expect(nextStop(graph, 's', context)).toMatchObject({ id: 'm' });
    expect(nextStop(graph, 's', over)).toMatchObject({ type: 'limited', retryAfterMs: 500 });
  });

  test('a way may end without a model', () => {
    const graph = graphOf([{ ...start, outputs: { next: to('e') } }, end]);
    expect(nextStop(graph, 's', context)).toEqual({ type: 'end' });
  });
});

describe('elements that are not taken', () => {
  const outputs = { success: to('e'), fallback: to('e') };
  test.each<[JsonValue, string]>([
    [null, 'elements'],
    [[], 'elements'],
    [Array.from({ length: 101 }, () => end), 'elements'],
    [[start, start], 'elements/1/id'],
    [[start, { ...end, id: 'a b' }], 'elements/1/id'],
    [[{ ...start, type: 'begin' }], 'elements/0/type'],
    [[{ ...start, type: 'toString' }], 'elements/0/type'],
    [[{ id: 's', type: 'start' }], 'elements/0/outputs/next'],
    [[start, { ...(model('a') as object), outputs: {} }, end], 'elements/1/outputs/success'],
    [
      [start, { ...(model('a') as object), outputs: { success: to('b') } }, model('b'), end],
      'elements/1/outputs/success/elementId',
    ],
    [
      [start, { id: 'a', type: 'model', properties: { provider: 'p' }, outputs }, end],
      'elements/1/properties/model',
    ],
    [
      [
        start,
        { id: 'a', type: 'model', properties: { provider: 'p', model: 'm', retries: 9 }, outputs },
        end,
      ],
      'elements/1/properties/retries',
    ],
    [
      [start, { id: 'a', type: 'percentage', outputs: { '50%': to('e') } }, end],
      'elements/1/outputs/else',
    ],
    [
      [start, { id: 'a', type: 'percentage', outputs: { half: to('e'), else: to('e') } }, end],
      'elements/1/outputs/half',
    ],
    [
      [
        start,
        {
          id: 'a',
          type: 'percentage',
          outputs: Object.fromEntries(
            ['1%', '2%', '3%', '4%', '5%', '6%', 'else'].map((share) => [share, to('e')]),
          ),
        },
        end,
      ],
      'elements/1/outputs',
    ],
    [
      [
        start,
        { id: 'a', type: 'rate', properties: { key: 'ip', limit: 1, window: 60 }, outputs },
        end,
      ],
      'elements/1/properties/key',
    ],
    [
      [
        start,
        {
          id: 'a',
          type: 'rate',
          properties: { key: 'metadata.u', limit: 1.5, window: 60 },
          outputs,
        },
        end,
      ],
      'elements/1/properties/limit',
    ],
  ])('%j: %s', (elements, place) => {
    expect(readRouteElements(elements)).toMatchObject({ code: 'invalid_request', param: place });
  });

  test('whatever is sent is taken or refused, and what is taken leads to an end', () => {
    const id = fc.constantFrom('s', 'a', 'b', 'c', 'e');
    const target = id.map((elementId) => ({ elementId }));
    const element = fc.record({
      id,
      type: fc.constantFrom('start', 'percentage', 'rate', 'model', 'end'),
      properties: fc.constant({
        provider: 'p',
        model: 'm',
        key: 'metadata.u',
        limit: 1,
        window: 1,
      }),
      outputs: fc.dictionary(fc.constantFrom('next', 'success', 'fallback', '50%', 'else'), target),
    });
    fc.assert(
      fc.property(fc.array(element, { maxLength: 6 }), (elements) => {
        const graph = readRouteElements([start, ...elements, end]);
        if (isRefusal(graph)) return;
        const stop = nextStop(graph, graph.start, context);
        expect(['model', 'end', 'limited']).toContain(stop.type);
      }),
    );
  });
});

describe('shares', () => {
  test('are the same for the same parts, and spread evenly over the others', () => {
    const places = Array.from({ length: 2000 }, (_, user) => shareOf(['route', 'a', String(user)]));
    expect(shareOf(['route', 'a', '7'])).toBe(places[7]);
    expect(places.every((place) => place >= 0 && place < 100)).toBe(true);
    const below = places.filter((place) => place < 25).length;
    expect(below).toBeGreaterThan(400);
    expect(below).toBeLessThan(600);
  });
});
