/** Several programs on one project: whoever comes second begins again, on what the first one left. */
import { setTimeout as sleep } from "node:timers/promises";
import { RegistryError } from "../base/error.ts";
import type { Lock } from "../node/lock.ts";
import { readProject } from "../node/project.ts";
import type { Terminal } from "./terminal.ts";

const ATTEMPTS_MAX = 100;
const WAIT_MS = 100;
/** Another one writes now, or has written since the lock was read. */
const BUSY = new Set(["LOCKED", "PROJECT_CHANGED"]);

/** Gives what `work` gives on the project's lock; it runs again where another program changed the project meanwhile. */
export async function inTurn<T>(
  project: string,
  terminal: Terminal,
  work: (lock: Lock) => Promise<T> | T,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(readProject(project));
    } catch (error) {
      const isBusy = error instanceof RegistryError && BUSY.has(error.code);
      if (!isBusy || attempt === ATTEMPTS_MAX) throw error;
      terminal.progress("another program is changing this project; waiting");
      await sleep(WAIT_MS);
    }
  }
}
