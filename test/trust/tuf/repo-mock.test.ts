/**
 * The repositories of @tufjs/repo-mock, over real HTTP: our verifier and tuf-js give one verdict on each.
 *
 * Its metadata are written as JSON.stringify has them, signed with ECDSA, and expire at a millisecond. A
 * registry knows neither: the objects are signed anew with Ed25519 keys, to the second, and read as `any` form.
 */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { Key, type Metadata, MetaFile, type Root, Signature } from "@tufjs/models";
import { initializeTUFRepo, type Target, tufHandlers } from "@tufjs/repo-mock";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { utf8 } from "../../../src/base/bytes.ts";
import { dateAt, keyIdOf, sha256Hex } from "../../support/tuf-repository.ts";
import { type Files, type Look, type Published, publish, TwoClients } from "./two-clients.ts";

let published: Published;
beforeAll(async () => {
  published = await publish();
});
afterAll(() => published.close());

type Repo = ReturnType<typeof initializeTUFRepo>;
type Handlers = Parameters<typeof tufHandlers>[1];
type Role = "root" | "timestamp" | "snapshot" | "targets";

interface MockOptions extends Handlers {
  /** Milliseconds from now until a role's metadata expire. */
  readonly expiresIn?: Partial<Record<Role, number>>;
  /** Roles whose signature has a bit flipped. */
  readonly flipped?: Role;
}

const YEAR = 365 * 24 * 60 * 60 * 1000;

/** A repository of the mock with Ed25519 keys: its files by path, and its root. */
function mock(targets: Target[], options: MockOptions = {}): { files: Files; root: Uint8Array } {
  const repo = initializeTUFRepo(targets);
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const key = ed25519Key(publicKey);
  replaceKeys(repo.rootMeta, key);
  for (const role of ["root", "targets", "snapshot", "timestamp"] as const) {
    const metadata = repo[`${role}Meta`] as Metadata<Repo["rootMeta"]["signed"]>;
    writable(metadata.signed).expires = dateAt(Date.now() + (options.expiresIn?.[role] ?? YEAR));
    if (role === "snapshot") repo.snapshotMeta.signed.meta["targets.json"] = fileOf(repo.targetsMeta);
    if (role === "timestamp") writable(repo.timestampMeta.signed).snapshotMeta = fileOf(repo.snapshotMeta);
    signAnew(metadata, privateKey, key.keyID, options.flipped === role);
  }
  const answers = tufHandlers(repo, options).map(({ path, fn }) => ({ path, ...fn() }));
  const found = answers.filter(({ statusCode }) => statusCode === 200);
  return {
    files: new Map(found.map(({ path, response }) => [path.slice(1), bytesOf(response)])),
    root: bytesOf(JSON.stringify(repo.rootMeta.toJSON())),
  };
}

/** What the models declare for reading only: this repository is made anew. */
const writable = <T>(value: T) => value as { -readonly [K in keyof T]: T[K] };

const bytesOf = (content: string | Buffer) =>
  typeof content === "string" ? utf8(content) : Uint8Array.from(content);

function ed25519Key(publicKey: KeyObject): Key {
  const hex = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex");
  const keyID = keyIdOf({ keytype: "ed25519", scheme: "ed25519", keyval: { public: hex } });
  return new Key({ keyID, keyType: "ed25519", scheme: "ed25519", keyVal: { public: hex } });
}

function replaceKeys({ signed }: Metadata<Root>, key: Key): void {
  writable(signed).keys = {};
  for (const [role, { keyIDs }] of Object.entries(signed.roles)) {
    keyIDs.splice(0);
    signed.addKey(key, role);
  }
}

function signAnew(metadata: Metadata<Root>, key: KeyObject, keyID: string, flipped: boolean): void {
  const signer = (data: Buffer) => {
    const bytes = sign(null, data, key);
    if (flipped) bytes[40] = (bytes[40] ?? 0) ^ 1;
    return new Signature({ keyID, sig: bytes.toString("hex") });
  };
  metadata.sign(signer, false);
}

function fileOf(metadata: { toJSON(): unknown }): MetaFile {
  const bytes = utf8(JSON.stringify(metadata.toJSON()));
  return new MetaFile({ version: 1, length: bytes.length, hashes: { sha256: sha256Hex(bytes) } });
}

/** What both say, who must agree. */
async function verdict(
  { files, root }: { files: Files; root: Uint8Array },
  paths: readonly string[],
  { metadataPathPrefix = "/metadata", targetPathPrefix = "/targets" }: Handlers = {},
): Promise<Look> {
  const places = {
    metadata: `${published.url}${metadataPathPrefix.slice(1)}`,
    targets: `${published.url}${targetPathPrefix.slice(1)}`,
    paths,
    hashed: false,
  };
  const clients = new TwoClients(published, root, { places, form: "any" });
  try {
    const { ours, theirs } = await clients.look(files);
    const what = JSON.stringify({ ours, theirs });
    expect("seen" in ours, what).toBe("seen" in theirs);
    if ("seen" in ours) expect(ours).toEqual(theirs);
    return ours;
  } finally {
    clients.forget();
  }
}

const binary = Buffer.from(Array.from({ length: 512 }, (_, at) => at % 256));
const SCENARIOS: { name: string; targets: Target[]; prefixes?: Handlers }[] = [
  { name: "one target", targets: [{ name: "targetname", content: "file contents" }] },
  {
    name: "several targets",
    targets: ["a.txt", "b.txt", "c.json"].map((name) => ({ name, content: `contents of ${name}` })),
  },
  {
    name: "targets in folders",
    targets: [
      { name: "index/root.json", content: "{}" },
      { name: "a/b/c", content: "c" },
    ],
  },
  { name: "no targets", targets: [] },
  { name: "an empty target", targets: [{ name: "empty", content: "" }] },
  { name: "binary content", targets: [{ name: "binary", content: binary }] },
  {
    name: "1,000 targets",
    targets: Array.from({ length: 1000 }, (_, at) => ({ name: `t${at}`, content: `${at}` })),
  },
  {
    name: "another metadata prefix",
    targets: [{ name: "x", content: "x" }],
    prefixes: { metadataPathPrefix: "/trust" },
  },
  {
    name: "another target prefix",
    targets: [{ name: "x", content: "x" }],
    prefixes: { targetPathPrefix: "/files/deep" },
  },
  {
    name: "one prefix for both",
    targets: [{ name: "x", content: "x" }],
    prefixes: { metadataPathPrefix: "/all", targetPathPrefix: "/all" },
  },
];

const ALL = ["root", "timestamp", "snapshot", "targets"] as const;

describe.each(SCENARIOS)("@tufjs/repo-mock with $name", ({ targets, prefixes = {} }) => {
  const few = targets.filter((_, at) => at % 100 === 0 || targets.length < 100);
  const paths = few.map(({ name }) => name);

  it("is read by both, each target to the byte", async () => {
    const look = await verdict(mock(targets, prefixes), paths, prefixes);
    const shown = few.map(({ content }) => (content === binary ? sha256Hex(binary) : String(content)));
    expect(look).toEqual({ seen: shown });
  });

  it.each(ALL)("is refused by both where %s has a flipped signature", async (flipped) => {
    const damaged = mock(targets, { ...prefixes, flipped });
    expect(await verdict(damaged, paths, prefixes)).toEqual({ refused: "METADATA_UNSIGNED" });
  });

  it.each(ALL)("is refused by both where %s has run out", async (role) => {
    const expired = mock(targets, { ...prefixes, expiresIn: { [role]: -2000 } });
    expect(await verdict(expired, paths, prefixes)).toEqual({ refused: "METADATA_EXPIRED" });
  });

  it("is refused by both where a target is another, or unknown", async () => {
    const { files, root } = mock(targets, prefixes);
    expect(await verdict({ files, root }, ["unknown"], prefixes)).toEqual({ refused: "TARGET_UNKNOWN" });
    if (targets.length === 0) return;
    const path = [...files.keys()].find((each) => each.endsWith(`/${paths[0]}`)) ?? "";
    const bytes = Uint8Array.from([...(files.get(path) ?? []), 0]);
    const longer = new Map([...files, [path, bytes]]);
    expect(await verdict({ files: longer, root }, paths, prefixes)).toHaveProperty("refused");
    const other = Uint8Array.from(files.get(path) ?? [], (byte) => byte ^ 1);
    if (other.length === 0) return;
    expect(await verdict({ files: new Map([...files, [path, other]]), root }, paths, prefixes)).toEqual({
      refused: "DIGEST_MISMATCH",
    });
  });
});
