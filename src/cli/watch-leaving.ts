const KEY_CTRL_C = '\u{3}';
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `leave` when somebody wants it to stop: by Ctrl-C, one of the keys, or a signal. On a terminal the
 * keys are read one by one meanwhile, and not shown. Gives back what undoes all of that.
 */
export function watchLeaving(leave: () => void, keys: readonly string[] = []): () => void {
  const { stdin } = process;
  const press = (pressed: Buffer): void => {
    const text = pressed.toString('latin1');
    if ([...keys, KEY_CTRL_C].some((key) => text.includes(key))) leave();
  };
  for (const name of signals) process.on(name, leave);
  if (stdin.isTTY) {
    stdin.setRawMode(true);
    stdin.on('data', press);
    stdin.resume();
  }
  return () => {
    for (const name of signals) process.off(name, leave);
    if (!stdin.isTTY) return;
    stdin.off('data', press);
    stdin.setRawMode(false);
    stdin.pause();
  };
}
