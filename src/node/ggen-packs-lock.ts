/**
 * .ggen/packs.lock: another list of what is installed that some ggen projects have, as JSON. It is kept right where
 * it is, and never made.
 *
 *     { "packs": { "<id>": { "version", "source", "integrity", "installed_at", "dependencies" } }, "updated_at", … }
 */
import { decodeUtf8, utf8 } from "../base/bytes.ts";
import type { Digest } from "../base/digest.ts";

export interface PackRecord {
  readonly version: string;
  /** The registry's address or IRI. */
  readonly registry: string;
  readonly digest: Digest;
  readonly dependencies: readonly string[];
}

export interface PacksLocking {
  readonly installed: ReadonlyMap<string, PackRecord>;
  readonly gone: ReadonlySet<string>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The file as it is to be; `undefined` where it says all of that already. `why` where it was left as it is. */
export function editPacksLock(
  bytes: Uint8Array,
  { installed, gone, now }: PacksLocking,
): { readonly bytes?: Uint8Array; readonly why?: string } {
  const lock = parseLock(bytes);
  if (lock === undefined) return { why: "it is not the JSON that ggen writes" };
  const packs = { ...lock.packs };
  let isChanged = false;
  const time = new Date(now).toISOString();
  for (const name of gone) {
    isChanged ||= Object.hasOwn(packs, name);
    delete packs[name];
  }
  for (const [name, record] of installed) {
    const entry = entryOf(record);
    const before = packs[name];
    if (before !== undefined && JSON.stringify({ ...before, ...entry }) === JSON.stringify(before)) continue;
    packs[name] = { ...entry, installed_at: time };
    isChanged = true;
  }
  if (!isChanged) return {};
  return { bytes: utf8(`${JSON.stringify({ ...lock, packs, updated_at: time }, null, 2)}\n`) };
}

function entryOf({ version, registry, digest, dependencies }: PackRecord) {
  return {
    version,
    source: { type: "Registry", url: registry },
    integrity: `sha256-${digest}`,
    dependencies: [...dependencies].sort(),
  };
}

function parseLock(
  bytes: Uint8Array,
): ({ packs: Record<string, object> } & Record<string, unknown>) | undefined {
  try {
    const value: unknown = JSON.parse(decodeUtf8(bytes) ?? "");
    const packs = (value as { packs?: unknown } | null)?.packs;
    const isObject = (one: unknown) => typeof one === "object" && one !== null && !Array.isArray(one);
    return isObject(value) && isObject(packs) ? (value as never) : undefined;
  } catch {
    return undefined;
  }
}
