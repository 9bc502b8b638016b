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
import { buildSnapshot } from "../src/build/build.ts";
import { openBuildPorts } from "../src/cli/judge.ts";
import { outputStream } from "../src/cli/output.ts";
import { Terminal } from "../src/cli/terminal.ts";
import { openTrustedView } from "../src/client/open-trusted-view.ts";
import { memoryReader, type Reader } from "../src/client/reader.ts";
import { openRegistry } from "../src/client/registry.ts";
import { metadataOf } from "../src/client/trusted-view.ts";
import { nodeTrustPorts } from "../src/node/crypto.ts";
import { nativeInflate } from "../src/node/inflate.ts";
import { PrivateKey } from "../src/node/private-key.ts";
import { openSourceTree } from "../src/node/source-tree.ts";
import { initCeremony } from "../src/publish/ceremony.ts";
import { everythingRatified } from "../src/publish/ratify.ts";
import { signView } from "../src/publish/sign-view.ts";
import { RATIFIED_FILE, rootFile, targetsFile } from "../src/trust/ceremony.ts";
import { memoryStore } from "../src/trust/tuf/memory-store.ts";
import { parseMetadata } from "../src/trust/tuf/metadata.ts";
import { verifyEd25519 } from "../src/trust/tuf/threshold.ts";
import { addSignature } from "../src/trust/tuf/write.ts";

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
  const { files, root } = await signedTree(folder);
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
}

/** Built from its source, and signed by keys that are made for it. */
async function signedTree(folder: string) {
  const tree = await openSourceTree(folder);
  const terminal = new Terminal({
    ...{ stdout: outputStream(1), stderr: outputStream(2), environment: {} },
    ...{ json: false, quiet: true },
  });
  const context = { terminal, environment: { GGEN_MARKETPLACE_HOME: home } };
  const { ports, close } = openBuildPorts(folder, false, context);
  const built = await buildSnapshot(tree, ports);
  if (!built.ok) throw new Error(`${folder} does not build: ${built.problems[0]?.message}`);
  const { source, root, files } = built.value;
  const lifetimes = source.config.trust;
  const now = Date.now();
  const [ann, ben, cay, ci] = [0, 1, 2, 3].map(() => PrivateKey.generate()) as [
    PrivateKey,
    PrivateKey,
    PrivateKey,
    PrivateKey,
  ];
  const both = { keys: [ann, ben, cay].map((key) => key.publicKey), threshold: 2 };
  const online = [ci.publicKey];
  const ceremony = initCeremony(
    { root: both, targets: both, online, timestamp: online },
    everythingRatified(source, tree, hash),
    { lifetimes, now },
    hash,
  );
  const signed = (path: string, type: "root" | "targets") =>
    [ann, ben].reduce(
      (bytes, key) => addSignature(parseMetadata(bytes, type, path), key),
      ceremony.get(path) ?? new Uint8Array(),
    );
  const first = signed(rootFile(1), "root");
  const view = signView(
    {
      ceremony: {
        roots: [first],
        targets: signed(targetsFile(1), "targets"),
        ratified: ceremony.get(RATIFIED_FILE) ?? new Uint8Array(),
      },
      indexRoot: root,
      ...(tree.commit === undefined ? {} : { commit: tree.commit }),
      signers: { index: [ci], snapshot: [ci], timestamp: [ci] },
      ...{ lifetimes, now },
    },
    hash,
  );
  const all = new Map([...files].map(([path, file]) => [path, file.bytes()]));
  close();
  return { files: new Map([...all, ...view.files]), root: first };
}

function counting(inner: Reader) {
  let seen = { requests: 0, bytes: 0 };
  const reader: Reader = {
    location: inner.location,
    async read(path, options) {
      seen.requests++;
      const bytes = await inner.read(path, options);
      seen.bytes += bytes.length;
      return bytes;
    },
  };
  const take = () => {
    const taken = seen;
    seen = { requests: 0, bytes: 0 };
    return taken;
  };
  return { reader, take };
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
