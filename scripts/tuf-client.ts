#!/usr/bin/env node
/**
 * Our verifier as a command-line TUF client, with the contract of the public suite
 * theupdateframework/tuf-conformance (its CLIENT-CLI.md):
 *
 *     tuf-client.ts --metadata-dir DIR init ROOT
 *     tuf-client.ts --metadata-dir DIR --metadata-url URL refresh
 *     tuf-client.ts --metadata-dir DIR --metadata-url URL --target-name PATH… --target-base-url URL
 *                   --target-dir DIR download
 *
 * A registry's clients take Ed25519 and canonical JSON only. The suite signs with other kinds of keys and
 * writes with white space, so that here both are widened; the workflow that is tested is the same.
 * What is expected to fail stands in tuf-client.ts.xfails, each with its reason.
 */
import { createHash, createPublicKey, type KeyObject, constants as rsa, verify } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { RegistryError } from "../src/base/error.ts";
import { nativeSha256, nodeEd25519 } from "../src/node/crypto.ts";
import type { Target, TufKey } from "../src/trust/tuf/metadata.ts";
import { METADATA_BYTES_MAX } from "../src/trust/tuf/roles.ts";
import { type VerifySignature, verifyEd25519 } from "../src/trust/tuf/threshold.ts";
import type { Policy } from "../src/trust/tuf/trusted-set.ts";
import { findTarget, type MetadataSource, type MetadataStore, updateTrust } from "../src/trust/tuf/update.ts";

const policy: Policy = {
  verify: verifyAnyKind(),
  hash: nativeSha256,
  hashes: { sha512: (bytes) => createHash("sha512").update(bytes).digest("hex") },
  now: Date.now(),
  graceMs: 0,
  form: "any",
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    "metadata-dir": { type: "string" },
    "metadata-url": { type: "string" },
    "target-name": { type: "string", multiple: true },
    "target-base-url": { type: "string" },
    "target-dir": { type: "string" },
  },
});

try {
  await run(positionals[0], positionals[1]);
} catch (error) {
  if (!(error instanceof RegistryError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}

async function run(command: string | undefined, file: string | undefined): Promise<void> {
  const store = folderStore(needed("metadata-dir"));
  if (command === "init" && file !== undefined) return store.keep("root", readFileSync(file));
  if (command === "refresh")
    return void (await updateTrust(store, policy, httpSource(needed("metadata-url"))));
  if (command === "download") return download(store);
  throw new RegistryError(
    "USAGE",
    "There are init ROOT, refresh and download",
    "see CLIENT-CLI.md of the suite",
  );
}

function needed(name: Exclude<keyof typeof values, "target-name">): string {
  const value = values[name];
  if (value !== undefined) return value;
  throw new RegistryError("USAGE", `Missing --${name}`, "see CLIENT-CLI.md of the suite");
}

async function download(store: MetadataStore): Promise<void> {
  const trust = await updateTrust(store, policy, httpSource(needed("metadata-url")));
  for (const name of values["target-name"] ?? []) {
    const { target } = await findTarget(name, trust);
    const file = join(needed("target-dir"), encodeURIComponent(name));
    if (existsSync(file) && trust.set.isTarget(readFileSync(file), target)) continue;
    const path = trust.set.root.signed.consistentSnapshot ? hashedPath(name, target) : name;
    const bytes = await get(new URL(path, needed("target-base-url")), target.length);
    if (bytes === undefined || !trust.set.isTarget(bytes, target))
      throw new RegistryError(
        "DIGEST_MISMATCH",
        `"${name}" is not what the metadata say`,
        "ask another mirror",
      );
    replace(file, bytes);
  }
}

/** 5.7.3: with consistent snapshots a file is asked for by its hash. */
function hashedPath(name: string, target: Target): string {
  const slash = name.lastIndexOf("/") + 1;
  const [hash] = target.hashes.values();
  return `${name.slice(0, slash)}${hash}.${name.slice(slash)}`;
}

function folderStore(folder: string): MetadataStore {
  // A role may be called anything, "../x" too: as a file name it is one component.
  const fileOf = (role: string) => join(folder, `${encodeURIComponent(role)}.json`);
  return {
    async recall(role) {
      return existsSync(fileOf(role)) ? readFileSync(fileOf(role)) : undefined;
    },
    async keep(role, bytes) {
      mkdirSync(folder, { recursive: true });
      replace(fileOf(role), bytes);
    },
    async forget(role) {
      rmSync(fileOf(role), { force: true });
    },
  };
}

function replace(file: string, bytes: Uint8Array): void {
  writeFileSync(`${file}.new`, bytes);
  renameSync(`${file}.new`, file);
}

function httpSource(address: string): MetadataSource {
  const base = address.endsWith("/") ? address : `${address}/`;
  return { read: (file, bytesMax) => get(new URL(file, base), bytesMax) };
}

async function get(url: URL, bytesMax: number): Promise<Uint8Array | undefined> {
  const response = await fetch(url);
  if (response.status === 404) return undefined;
  if (!response.ok) throw new RegistryError("UNREACHABLE", `${url} answered ${response.status}`, "try again");
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > Math.min(bytesMax, METADATA_BYTES_MAX))
      throw new RegistryError("TOO_LARGE", `${url} has more than ${bytesMax} bytes`, "ask another mirror");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The kinds of the specification (4.2): Ed25519 by our own policy, RSA and ECDSA by OpenSSL. */
function verifyAnyKind(): VerifySignature {
  const ed25519 = verifyEd25519(nodeEd25519);
  const kinds = new Map<string, (key: KeyObject, message: Uint8Array, signature: Uint8Array) => boolean>([
    [
      "rsassa-pss-sha256",
      (key, message, signature) =>
        verify(
          "sha256",
          message,
          { key, padding: rsa.RSA_PKCS1_PSS_PADDING, saltLength: rsa.RSA_PSS_SALTLEN_AUTO },
          signature,
        ),
    ],
    ["ecdsa-sha2-nistp256", (key, message, signature) => verify("sha256", message, key, signature)],
  ]);
  return (key: TufKey, message, signature) => {
    const check = kinds.get(key.scheme);
    if (check === undefined) return ed25519(key, message, signature);
    try {
      return check(createPublicKey(key.public), message, signature);
    } catch {
      // No key, or no signature, of this kind.
      return false;
    }
  };
}
