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
