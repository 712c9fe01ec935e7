import type { PatternAssertion, PatternNode } from './parse-pattern.ts';
import type { UnitRange } from './unit-ranges.ts';
import { UNIT_MAX, WORD_UNITS, isWordUnit } from './unit-ranges.ts';

/** A place in a pattern, and where it goes on. */
export type PatternState =
  | { readonly kind: 'found' }
  | { readonly kind: 'fork'; readonly to: readonly number[] }
  | { readonly kind: 'assertion'; readonly wants: PatternAssertion; readonly to: number }
  /** Takes one unit, of the classes that are true. */
  | { readonly kind: 'units'; readonly classes: readonly boolean[]; readonly to: number };

/** Units that no pattern tells apart. */
interface UnitClass {
  readonly from: number;
  readonly isWord: boolean;
}

/** Some patterns as one machine: places and what leads from each to others. */
export interface PatternStates {
  readonly all: readonly PatternState[];
  readonly starts: readonly number[];
  /** In the order of their units. */
  readonly classes: readonly UnitClass[];
  classOf(unit: number): number;
}

/** Below this, the class of a unit is looked up and not searched for. */
const LOOKED_UP = 256;

/** Builds the machine. Each unit of a text is one step of it. */
export function compileStates(nodes: readonly PatternNode[]): PatternStates {
  const classes = classesOf(nodes);
  const lookUp = Uint16Array.from({ length: LOOKED_UP }, (_, unit) => searchClass(classes, unit));
  const builder = new StateBuilder(classes);
  const found = builder.add({ kind: 'found' });
  const starts = nodes.map((node) => builder.build(node, found)).toSorted((a, b) => a - b);
  return {
    all: builder.all,
    starts,
    classes,
    classOf: (unit) => lookUp[unit] ?? searchClass(classes, unit),
  };
}

class StateBuilder {
  readonly all: PatternState[] = [];
  readonly #classes: readonly UnitClass[];

  constructor(classes: readonly UnitClass[]) {
    this.#classes = classes;
  }

  add(state: PatternState): number {
    return this.all.push(state) - 1;
  }

  /** The place where a node begins that goes on at another; built from its end to its start. */
  build(node: PatternNode, to: number): number {
    switch (node.kind) {
      case 'units':
        return this.add({ kind: 'units', classes: this.#taken(node.ranges), to });
      case 'assertion':
        return this.add({ kind: 'assertion', wants: node.wants, to });
      case 'sequence':
        return node.parts.reduceRight((next, part) => this.build(part, next), to);
      case 'choice':
        return this.add({ kind: 'fork', to: node.parts.map((part) => this.build(part, to)) });
      case 'repeat':
        return this.#repeat(node, to);
    }
  }

  #repeat(node: Extract<PatternNode, { readonly kind: 'repeat' }>, to: number): number {
    const { part, least, most } = node;
    let next = most === undefined ? this.#loop(part, to) : to;
    for (let more = least; more < (most ?? least); more++) {
      next = this.add({ kind: 'fork', to: [this.build(part, next), to] });
    }
    for (let count = 0; count < least; count++) next = this.build(part, next);
    return next;
  }

  #loop(part: PatternNode, to: number): number {
    const ways = [to];
    const fork = this.add({ kind: 'fork', to: ways });
    ways.push(this.build(part, fork));
    return fork;
  }

  #taken(ranges: readonly UnitRange[]): readonly boolean[] {
    return this.#classes.map(({ from }) =>
      ranges.some(([low, high]) => from >= low && from <= high),
    );
  }
}

/** Cuts all units where any range of any pattern begins or ends, and where words do. */
function classesOf(nodes: readonly PatternNode[]): readonly UnitClass[] {
  const cuts = new Set([0]);
  const cut = (ranges: readonly UnitRange[]): void => {
    for (const [from, to] of ranges) {
      cuts.add(from);
      if (to < UNIT_MAX) cuts.add(to + 1);
    }
  };
  cut(WORD_UNITS);
  for (const node of nodes) forEachUnits(node, cut);
  return [...cuts]
    .toSorted((one, other) => one - other)
    .map((from) => ({ from, isWord: isWordUnit(from) }));
}

function forEachUnits(node: PatternNode, take: (ranges: readonly UnitRange[]) => void): void {
  if (node.kind === 'units') take(node.ranges);
  if (node.kind === 'repeat') forEachUnits(node.part, take);
  if (node.kind === 'sequence' || node.kind === 'choice') {
    for (const part of node.parts) forEachUnits(part, take);
  }
}

function searchClass(classes: readonly UnitClass[], unit: number): number {
  let low = 0;
  let high = classes.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((classes[middle]?.from ?? 0) <= unit) low = middle;
    else high = middle - 1;
  }
  return low;
}
