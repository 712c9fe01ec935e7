import type { Registry } from 'prom-client';
import { Counter, Gauge } from 'prom-client';

/** A count that somebody else keeps, read whenever the metrics are. */
export function pulledCount(
  name: string,
  help: string,
  read: () => number,
  registers: Registry[],
): void {
  const counter = new Counter({
    name,
    help,
    registers,
    collect: () => {
      counter.reset();
      counter.inc(read());
    },
  });
}

/** The same of a figure that goes up and down. */
export function pulledGauge(
  name: string,
  help: string,
  read: () => number,
  registers: Registry[],
): void {
  const gauge = new Gauge({
    name,
    help,
    registers,
    collect: () => {
      gauge.set(read());
    },
  });
}
