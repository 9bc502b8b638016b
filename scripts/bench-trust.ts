/**
 * `npm run bench:trust`: what trust costs a client. A registry with three holders, of whom two sign, and one online
 * key is signed; a client that has pinned its first root opens the view, and opens it again.
 *
 *     npm run bench:trust                     this project's own registry
 *     npm run bench:trust -- --registry DIR   another source
 *
 * Requests and bytes are those of the metadata and the index root, as they travel; times are medians of fresh stores
 * in one process, with the ratio to hashing the same bytes once.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openTrustedView } from "../src/client/open-trusted-view.ts";
import { memoryReader, type Reader } from "../src/client/reader.ts";
import { openRegistry } from "../src/client/registry.ts";
import { metadataOf, trustOf } from "../src/client/trusted-view.ts";
import { nodeTrustPorts } from "../src/node/crypto.ts";
import { nativeInflate } from "../src/node/inflate.ts";
import { TrustStore } from "../src/node/trust-store.ts";
import { memoryStore } from "../src/trust/tuf/memory-store.ts";
import { verifyEd25519 } from "../src/trust/tuf/threshold.ts";
import type { Policy } from "../src/trust/tuf/trusted-set.ts";
import type { MetadataStore } from "../src/trust/tuf/update.ts";
import { counting, signedTree } from "./bench-signed-tree.ts";

const RUNS = 50;
const { hash } = nodeTrustPorts;
const { values } = parseArgs({ options: { registry: { type: "string", default: "registry" } } });

const home = mkdtempSync(join(tmpdir(), "bench-trust-"));
try {
  await run(values.registry);
} finally {
  rmSync(home, { recursive: true, force: true });
}

async function run(folder: string): Promise<void> {
  const { files, root } = await signedTree(folder, home);
  const counted = counting(memoryReader(files));
  const policy = { verify: verifyEd25519(nodeTrustPorts.ed25519), hash, now: Date.now(), graceMs: 0 };
  const store = memoryStore(root);
  const open = async (reader: Reader, kept = store) => {
    const view = await openTrustedView(kept, policy, metadataOf(reader));
    return openRegistry({ reader, ports: nodeTrustPorts, inflate: nativeInflate, view });
  };
  await open(counted.reader);
  const cold = counted.take();
  await openTrustedView(store, policy, metadataOf(counted.reader));
  const again = counted.take();
  const coldMs = await median(() => open(memoryReader(files), memoryStore(root)));
  const warmMs = await median(() => openTrustedView(store, policy));
  const bytes = new Uint8Array(cold.bytes);
  const hashMs = await median(async () => void hash(bytes));
  const row = (what: string, requests: number, size: number, ms?: number) =>
    console.log(
      `${what.padEnd(34)}${String(requests).padStart(9)}${String(size).padStart(9)}${ms === undefined ? "" : `${ms.toFixed(2).padStart(9)}${(ms / hashMs).toFixed(0).padStart(9)}x`}`,
    );
  console.log(`${"".padEnd(34)} requests    bytes       ms   hashing`);
  row("cold, from a pinned root", cold.requests, cold.bytes, coldMs);
  row("unchanged", again.requests, again.bytes);
  row("kept metadata, verified again", 0, 0, warmMs);
  row("kept view, which has not changed", 0, 0, await keptView(root, store, policy));
}

/** What a command does where the registry has not signed anything new: reads the view that it verified before. */
async function keptView(root: Uint8Array, seen: MetadataStore, policy: Policy): Promise<number> {
  const kept = new TrustStore(join(home, "trust"), hash(root), () => root);
  for (const role of ["root", "timestamp", "snapshot", "targets", "index"]) {
    const bytes = await seen.recall(role);
    if (bytes !== undefined) await kept.keep(role, bytes);
  }
  const view = await openTrustedView(kept, policy);
  const { set } = trustOf(view);
  const { version, indexRoot, ratified, expires, registry, development } = view;
  const timestamp = hash(set.timestamp?.bytes ?? new Uint8Array());
  kept.keepVerified({
    ...{ version, indexRoot, ratified, expires, registry, development, timestamp, rootVersion: 1, issued: 0 },
  });
  return median(async () => {
    if (kept.verified === undefined) throw new Error("what was kept is not read");
  });
}

async function median(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let at = 0; at < RUNS; at++) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[RUNS >> 1] ?? 0;
}
