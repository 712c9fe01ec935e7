/** Seconds of the processor that a piece of work took on this thread; what others did meanwhile is not in it. */
export async function cpuSecondsOf(work: () => unknown): Promise<number> {
  const before = process.threadCpuUsage();
  await work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1e6;
}
