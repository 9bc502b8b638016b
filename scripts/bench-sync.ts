/**
 * `npm run bench:sync`: what it costs to have a whole registry at hand, and to follow it. A registry is made, built
 * and signed; a client with an empty cache syncs it, 75 packages get one more release each, and it syncs again.
 *
 *     npm run bench:sync -- --corpus FILE                  1,247 packages, 8,928 releases, names and words of FILE
 *     npm run bench:sync -- --corpus FILE --packages 300 --releases 900 --changed 10
 *
 * FILE is a list of packages as scripts/bench-search/corpus.ts reads it. Each package needs an earlier one,
 * or as many as --dependencies says.
 * Requests and bytes are those of files as they travel, without what a protocol adds. The last rows are the floor:
 * the same records as one deflated file, and the records that changed, deflated one by one.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { deflateRawSync } from "node:zlib";
import { openTrustedView } from "../src/client/open-trusted-view.ts";
import { readRatification } from "../src/client/ratified.ts";
import { memoryReader, type Reader } from "../src/client/reader.ts";
import { openRegistry, type Registry } from "../src/client/registry.ts";
import type { Packs } from "../src/client/sections.ts";
import { syncForSearch } from "../src/client/sync.ts";
import { metadataOf } from "../src/client/trusted-view.ts";
import { nodeTrustPorts } from "../src/node/crypto.ts";
import { cachedReader } from "../src/node/disk-cache.ts";
import { nativeInflate } from "../src/node/inflate.ts";
import { memoryStore } from "../src/trust/tuf/memory-store.ts";
import { verifyEd25519 } from "../src/trust/tuf/threshold.ts";
import type { MetadataStore } from "../src/trust/tuf/update.ts";
import { corpusPackages, generateRegistry, publishMore, type Shape } from "./bench-registry.ts";
import { counting, signedTree } from "./bench-signed-tree.ts";

const RELEASE_BYTES = 2400;
const { hash, ed25519 } = nodeTrustPorts;
const { values } = parseArgs({
  options: {
    corpus: { type: "string" },
    packages: { type: "string", default: "1247" },
    releases: { type: "string", default: "8928" },
    dependencies: { type: "string", default: "1" },
    changed: { type: "string", default: "75" },
  },
});

const home = mkdtempSync(join(tmpdir(), "bench-sync-"));
try {
  if (values.corpus === undefined) throw new Error("say --corpus FILE: where names and descriptions are");
  const packages = corpusPackages(values.corpus, Number(values.packages));
  await run(
    {
      packages,
      releases: Number(values.releases),
      releaseBytes: RELEASE_BYTES,
      dependencies: Number(values.dependencies),
    },
    Number(values.changed),
  );
} finally {
  rmSync(home, { recursive: true, force: true });
}

async function run(shape: Shape, changed: number): Promise<void> {
  const source = join(home, "registry");
  generateRegistry(source, shape);
  const first = await signedTree(source, home);
  publishMore(source, 0, shape, changed);
  const second = await signedTree(source, home, first);
  const store = memoryStore(first.root);
  const client = { store, cache: join(home, "cache") };
  console.log(`${"".padEnd(60)} requests    bytes`);
  const before = await follow("cold", first.files, client, "take");
  const after = await follow(`${changed} packages later`, second.files, client, "ignore");
  row("floor: all records to resolve with", 1, deflated(before));
  const known = new Set(before);
  row("floor: those that changed", 1, deflated(after.filter((record) => !known.has(record))));
}

interface Client {
  readonly store: MetadataStore;
  readonly cache: string;
}

/** Syncs as the command does, telling what each step asked for; gives the records to resolve with, as text. */
async function follow(
  what: string,
  files: ReadonlyMap<string, Uint8Array>,
  { store, cache }: Client,
  packs: Packs,
): Promise<string[]> {
  const counted = counting(memoryReader(files));
  const reader = cachedReader(counted.reader, { folder: cache });
  const tell = (step: string) => {
    const { requests, bytes } = counted.take();
    row(`${what}: ${step}`, requests, bytes);
  };
  const registry = await opened(store, reader);
  tell("trust, index root");
  const onFile = () => {};
  await readRatification(viewOf(registry), reader, hash);
  tell("ratified names");
  await registry.readResolveRecords(onFile, packs);
  tell("records to resolve with");
  await syncForSearch(registry, { onFile, packs: "ignore" });
  tell("search index");
  await registry.readPackageRecords(onFile, packs);
  tell("records to show and verify with");
  return (await registry.resolveRecords()).map((record) => JSON.stringify(record));
}

async function opened(store: MetadataStore, reader: Reader): Promise<Registry> {
  const policy = { verify: verifyEd25519(ed25519), hash, now: Date.now(), graceMs: 0 };
  const view = await openTrustedView(store, policy, metadataOf(reader));
  return openRegistry({ reader, ports: nodeTrustPorts, inflate: nativeInflate, view });
}

function viewOf({ view }: Registry) {
  if (view === undefined) throw new Error("opened with a view");
  return view;
}

function deflated(records: readonly string[]): number {
  return deflateRawSync(records.join("\n")).length;
}

function row(what: string, requests: number, bytes: number): void {
  console.log(`${what.padEnd(60)}${String(requests).padStart(9)}${String(bytes).padStart(9)}`);
}
