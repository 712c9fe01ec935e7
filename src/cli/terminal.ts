/** Says something to whoever runs the command. */
export function say(text = ''): void {
  process.stdout.write(`${text}\n`);
}

/** Says what went wrong, and makes the command end with a failure. */
export function complain(text: string): void {
  process.stderr.write(`quatrain: ${text}\n`);
  process.exitCode = 1;
}
