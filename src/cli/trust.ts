import { nearest } from "../base/nearest.ts";
import { type Run, UsageError } from "./command.ts";

/** Each action with the module that runs it: nobody waits for the code of another. */
const ACTIONS: ReadonlyMap<string, () => Promise<Run>> = new Map([
  ["init", async () => (await import("./trust-ceremony.ts")).init],
  ["sign", async () => (await import("./trust-ceremony.ts")).sign],
  ["rotate", async () => (await import("./trust-ceremony.ts")).rotateRoot],
  ["ratify", async () => (await import("./trust-ceremony.ts")).ratifyNames],
  ["status", async () => (await import("./trust-status.ts")).run],
  ["publish", async () => (await import("./trust-publish.ts")).publish],
  ["renew", async () => (await import("./trust-publish.ts")).renew],
]);

export const run: Run = async ([action = "", ...words], options, context) => {
  const load = ACTIONS.get(action);
  if (load === undefined) {
    const meant = nearest(action, ACTIONS.keys());
    throw new UsageError(
      `Unknown action "${action}"${meant === undefined ? "" : `; did you mean "${meant}"?`}`,
      `there are ${[...ACTIONS.keys()].join(", ")}`,
    );
  }
  return (await load())(words, options, context);
};
