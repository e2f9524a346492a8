/** Milliseconds of processor time this thread has spent since. What else the machine does is not in it. */
export function processorTime(): () => number {
  const began = process.threadCpuUsage();
  return () => {
    const { user, system } = process.threadCpuUsage(began);
    return (user + system) / 1_000;
  };
}
