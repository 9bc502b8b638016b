/**
 * Ctrl-C and `kill`: what was begun is taken back, then the program ends with the exit code that
 * shells expect (128 and the signal's number).
 *
 * A handler runs between turns of the event loop, so a synchronous stretch is never cut in two.
 */
const EXIT_CODES = new Map<NodeJS.Signals, number>([
  ["SIGINT", 130],
  ["SIGTERM", 143],
]);

const cleanups: (() => void)[] = [];

/**
 * Runs `cleanup` when the program is interrupted, the last one given first; the result withdraws it.
 * It must be quick, synchronous, and safe to run when half of its work is done.
 */
export function onInterrupt(cleanup: () => void): () => void {
  if (cleanups.length === 0) for (const signal of EXIT_CODES.keys()) process.on(signal, interrupted);
  cleanups.push(cleanup);
  return () => {
    const at = cleanups.indexOf(cleanup);
    if (at === -1) return;
    cleanups.splice(at, 1);
    // Without a handler the signal ends the program as it does any other.
    if (cleanups.length === 0) for (const signal of EXIT_CODES.keys()) process.off(signal, interrupted);
  };
}

function interrupted(signal: NodeJS.Signals): void {
  for (const cleanup of cleanups.splice(0).reverse()) {
    try {
      cleanup();
    } catch (error) {
      // The others must still have their turn; the person has already asked to leave.
      process.stderr.write(`warning: not everything was taken back: ${String(error)}\n`);
    }
  }
  process.exit(EXIT_CODES.get(signal) ?? 1);
}
