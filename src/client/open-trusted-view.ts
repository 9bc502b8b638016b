/** Opens a view from its metadata (trusted-view.ts says what it is). Apart, for who reads one that was verified before. */
import { namedView, registryOf } from "../trust/registry-trust.ts";
import { type Policy, TrustedSet } from "../trust/tuf/trusted-set.ts";
import { type MetadataSource, type MetadataStore, type Trust, updateTrust } from "../trust/tuf/update.ts";
import type { TrustedView } from "./trusted-view.ts";

/** Opens what is current, or without `source` what was current. Throws as `updateTrust` and `findTarget` do, and BAD_ROOT. */
export async function openTrustedView(
  store: MetadataStore,
  policy: Policy,
  source?: MetadataSource,
): Promise<TrustedView> {
  const trust = await updateTrust(store, policy, source);
  const named = await namedView(trust);
  const { expires, now, snapshot } = trust.set;
  if (snapshot === undefined) throw new Error("an update has a snapshot");
  const { version } = snapshot.signed;
  return { ...registryOf(trust.set.root.signed), ...named, version, expires, now, trust };
}

/** A view that was verified before, and of whose metadata the root alone is known to be there still. */
export type EarlierView = Pick<TrustedView, "version" | "indexRoot" | "ratified" | "expires">;

/** Opens what was verified before by the root that is trusted now. Throws as `TrustedSet` does, and BAD_ROOT. */
export function openEarlierView(
  root: Uint8Array,
  store: MetadataStore,
  policy: Policy,
  earlier: EarlierView,
): TrustedView {
  const trust: Trust = { set: new TrustedSet(root, policy), store, source: undefined };
  const { version, indexRoot, ratified, expires } = earlier;
  const { now, root: trusted } = trust.set;
  return { ...registryOf(trusted.signed), version, indexRoot, ratified, expires, now, trust };
}
