/**
 * Work on the current view of a registry that may be replaced meanwhile.
 *
 * A deploy copies what digests name first and pointers last, and keeps the files of a few views. A
 * client whose pointer is older than that, or who reads through a cache or mirror in the middle of its
 * own copying, meets a digest that is not there, or other bytes. It then opens the current view once more;
 * where that is another one, the work is done again on it, from the beginning: two views are never mixed.
 */
import { RegistryError } from "../base/error.ts";
import type { Registry } from "./registry.ts";

/** What a reader says where a view's files are gone, half there, or not its own. */
const MISSED = new Set([
  "NOT_FOUND",
  "DIGEST_MISMATCH",
  "TOO_LARGE",
  "BAD_RESPONSE",
  "OFFLINE_MISSING",
  "VIEW_MISSING",
]);

const NO_ANSWER = new Set(["UNREACHABLE", "TIMEOUT"]);
/** Answers that are no use, where the last view is as good as it was: a mirror that lags, a registry not renewed. */
const BEHIND = new Set(["METADATA_EXPIRED", "METADATA_ROLLBACK"]);
/** What is met in the middle of a deploy; asked once more, it is over, or it is no deploy. */
const BEING_REPLACED = new Set(["METADATA_MISSING", "METADATA_DIFFERS"]);

/** Whether a reader says that nobody answers. */
export function isNoAnswer(error: unknown): error is RegistryError {
  return error instanceof RegistryError && NO_ANSWER.has(error.code);
}

/** Whether what is served is older than what was seen, or has run out. */
export function isBehind(error: unknown): boolean {
  return error instanceof RegistryError && BEHIND.has(error.code);
}

/** Whether the trust metadata may just be being replaced: it is worth asking once more. */
export function isBeingReplaced(error: unknown): boolean {
  return error instanceof RegistryError && BEING_REPLACED.has(error.code);
}

/**
 * Gives what `work` gives. `open(true)` is the second try: it must not answer from a pointer that it kept.
 * `work` has no effect but its result, for it may run twice.
 */
export async function onCurrentView<T>(
  open: (again: boolean) => Promise<Registry>,
  work: (registry: Registry) => Promise<T>,
): Promise<T> {
  let registry: Registry | undefined;
  try {
    registry = await open(false);
    return await work(registry);
  } catch (error) {
    if (!(error instanceof RegistryError) || !MISSED.has(error.code)) throw error;
    const fresh = await reopened(open, error);
    if (fresh.rootDigest === registry?.rootDigest) throw error;
    return work(fresh);
  }
}

/** The first error tells more than the one of trying to get around it. */
async function reopened(
  open: (again: boolean) => Promise<Registry>,
  first: RegistryError,
): Promise<Registry> {
  try {
    return await open(true);
  } catch (error) {
    if (error instanceof RegistryError) throw first;
    throw error;
  }
}
