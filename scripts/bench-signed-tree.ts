/** Published trees for benchmarks: a source, built and signed in memory by keys that are made for it; and who counts what is read of one. */
import { buildSnapshot } from "../src/build/build.ts";
import { openBuildPorts } from "../src/cli/judge.ts";
import { outputStream } from "../src/cli/output.ts";
import { openUserSettings } from "../src/cli/settings.ts";
import { Terminal } from "../src/cli/terminal.ts";
import type { Reader } from "../src/client/reader.ts";
import type { TrustLifetimes } from "../src/manifest/registry-toml.ts";
import { nodeTrustPorts } from "../src/node/crypto.ts";
import { PrivateKey } from "../src/node/private-key.ts";
import { openSourceTree } from "../src/node/source-tree.ts";
import { initCeremony } from "../src/publish/ceremony.ts";
import { everythingRatified } from "../src/publish/ratify.ts";
import { type Ceremony, type PublishedTrust, signView } from "../src/publish/sign-view.ts";
import { RATIFIED_FILE, rootFile, targetsFile } from "../src/trust/ceremony.ts";
import type { Ratification } from "../src/trust/ratification.ts";
import { INDEX_ROLE, TRUST_FOLDER } from "../src/trust/trust-paths.ts";
import { parseMetadata } from "../src/trust/tuf/metadata.ts";
import { addSignature } from "../src/trust/tuf/write.ts";

const { hash } = nodeTrustPorts;

export interface SignedTree {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The first one, which clients pin. */
  readonly root: Uint8Array;
  readonly ceremony: Ceremony;
  /** Signs index, snapshot and timestamp. */
  readonly online: PrivateKey;
  readonly published: PublishedTrust;
}

/** Builds `folder` and signs it; with `before`, as the view that follows it. `home` is where what is kept stands. */
export async function signedTree(folder: string, home: string, before?: SignedTree): Promise<SignedTree> {
  const tree = await openSourceTree(folder);
  const terminal = new Terminal({
    ...{ stdout: outputStream(1), stderr: outputStream(2), environment: {} },
    ...{ json: false, quiet: true },
  });
  const environment = { GGEN_MARKETPLACE_HOME: home };
  const context = { terminal, environment, user: await openUserSettings(environment) };
  const { ports, close } = openBuildPorts(folder, false, context);
  try {
    const built = await buildSnapshot(tree, ports);
    if (!built.ok) throw new Error(`${folder} does not build: ${built.problems[0]?.message}`);
    const { source, root, files } = built.value;
    const lifetimes = source.config.trust;
    const online = before?.online ?? PrivateKey.generate();
    const ratified = () => everythingRatified(source, tree, hash);
    const ceremony = before?.ceremony ?? ceremonyOf(online, ratified(), lifetimes);
    const signers = { index: [online], snapshot: [online], timestamp: [online] };
    const view = signView(
      {
        ...{ ceremony, indexRoot: root, signers, lifetimes, now: Date.now() },
        ...(tree.commit === undefined ? {} : { commit: tree.commit }),
        ...(before === undefined ? {} : { previous: before.published }),
      },
      hash,
    );
    const { versions } = view;
    const role = (file: string) => view.files.get(`${TRUST_FOLDER}/${file}.json`) ?? new Uint8Array();
    const published = {
      index: role(`${versions.index}.${INDEX_ROLE}`),
      snapshot: role(`${versions.snapshot}.snapshot`),
      timestamp: role("timestamp"),
    };
    const all = new Map([...files].map(([path, file]) => [path, file.bytes()]));
    const signed = new Map([...all, ...view.files]);
    const first = ceremony.roots[0] as Uint8Array;
    return { files: signed, root: first, ceremony, online, published: published };
  } finally {
    close();
  }
}

/** Three holders, of whom two sign, and one online key; every name is ratified. */
function ceremonyOf(online: PrivateKey, ratified: Ratification, lifetimes: TrustLifetimes): Ceremony {
  const [ann, ben, cay] = [PrivateKey.generate(), PrivateKey.generate(), PrivateKey.generate()];
  const holders = { keys: [ann, ben, cay].map((key) => key.publicKey), threshold: 2 };
  const ci = [online.publicKey];
  const files = initCeremony(
    { root: holders, targets: holders, online: ci, timestamp: ci },
    ratified,
    { lifetimes, now: Date.now() },
    hash,
  );
  const signed = (path: string, type: "root" | "targets") =>
    [ann, ben].reduce(
      (bytes, key) => addSignature(parseMetadata(bytes, type, path), key),
      files.get(path) ?? new Uint8Array(),
    );
  return {
    roots: [signed(rootFile(1), "root")],
    targets: signed(targetsFile(1), "targets"),
    ratified: files.get(RATIFIED_FILE) ?? new Uint8Array(),
  };
}

/** A reader that says how much was asked of it since it was last taken. */
export function counting(inner: Reader) {
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
