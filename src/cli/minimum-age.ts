/** The least age of releases, as this call has it, and what this machine knows of their age. */
import type { LeftOut, MinimumAge } from "../client/minimum-age.ts";
import type { Lock } from "../node/lock.ts";
import type { TrustStore } from "../node/trust-store.ts";
import type { Context, Options } from "./command.ts";
import { wholeSetting } from "./settings.ts";
import type { Terminal } from "./terminal.ts";

/** `kept` is what was seen of the registry; of a folder that a build on this machine signed there is nothing. */
export function minimumAge(
  options: Options,
  context: Context,
  kept: TrustStore | undefined,
  lock: Pick<Lock, "packages"> | undefined,
): MinimumAge | undefined {
  const { terminal } = context;
  const days = wholeSetting("minimum-age-days", options, context);
  if (kept === undefined) {
    if (days > 0) terminal.note("no minimum age counts here: what this machine's own build made has none");
    return undefined;
  }
  const now = Date.now();
  return {
    ...{ days, now },
    locked: new Set([...(lock?.packages.values() ?? [])].map(({ digest }) => digest)),
    firstSeen(releases) {
      const seen = kept.seen.firstSeen(releases, now);
      if (days > 0 && kept.seen.notKept !== undefined)
        terminal.note(
          `what was seen could not be kept in "${kept.seen.notKept}": these releases will be new again next time`,
        );
      return seen;
    },
  };
}

export function noteLeftOut(leftOut: readonly LeftOut[], terminal: Terminal): void {
  for (const { name, version, why } of leftOut)
    terminal.note(`${name}@${version} is left out: ${why} (--minimum-age 0 takes it)`);
}
