/** The root of every verdict: which registry this is, and the maintainers who may override. */
import { type Problem, problemsOf, type Result, settle } from "../base/problem.ts";
import { type KeyId, type PublicKey, parseOpenSshPublicKey } from "./public-key.ts";
import { chainProblem, type TrustRoot } from "./statement.ts";

/**
 * The root from `keys`, OpenSSH lines as they stand in `file`. Problems: those of a key, and
 * MAINTAINER_TWICE, since an override is counted by distinct keys.
 */
export function readTrustRoot(registry: string, keys: readonly string[], file: string): Result<TrustRoot> {
  const problems: Problem[] = [];
  const maintainers = new Map<KeyId, PublicKey>();
  for (const [at, text] of keys.entries()) {
    const key = parseOpenSshPublicKey(text, file, `keys.${at}`);
    problems.push(...problemsOf(key));
    if (!key.ok) continue;
    if (maintainers.has(key.value.id)) {
      const more = { place: `keys.${at}`, found: key.value.id };
      problems.push(
        chainProblem("MAINTAINER_TWICE", file, "The key is listed twice", "list each key once", "T21", more),
      );
    }
    maintainers.set(key.value.id, key.value);
  }
  return settle({ registry, maintainers: [...maintainers.values()] }, problems);
}
