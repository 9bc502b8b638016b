/** Whether a root that was kept is as it was when it was found good: its own keys have signed all of it. */
import { type Policy, TrustedSet } from "./trusted-set.ts";

export function isWholeRoot(root: Uint8Array, { verify, hash }: Pick<Policy, "verify" | "hash">): boolean {
  try {
    new TrustedSet(root, { verify, hash, now: 0, graceMs: 0 });
    return true;
  } catch {
    return false;
  }
}
