#!/usr/bin/env node
// Plain JavaScript that any Node can read, so that an old one gets a sentence and not a stack.
const NODE_MIN = 24;

const major = Number(process.versions.node.split('.')[0]);
if (major < NODE_MIN) {
  process.stderr.write(
    `quatrain: this is Node ${process.versions.node}; Quatrain needs ${NODE_MIN} or newer.\n`,
  );
  process.exit(1);
}
await import('../dist/program/quatrain.js');
