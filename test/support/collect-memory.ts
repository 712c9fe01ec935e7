/**
 * Loaded into a gateway whose memory is looked at (`node --expose-gc --import`), and into each of its
 * threads: what nobody uses any more is collected every few seconds, so that what is left is what is kept.
 */
const EVERY_MS = 4000;

const { gc } = globalThis;
if (gc === undefined) throw new Error('this is for a process that runs with --expose-gc');
setInterval(() => {
  gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}, EVERY_MS).unref();
