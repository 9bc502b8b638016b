/** Where our verifier and tuf-js differ on purpose: what each says, and why ours is as it is. */
import { generateKeyPairSync, sign } from "node:crypto";
import { canonicalize } from "@tufjs/canonical-json";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeUtf8, utf8 } from "../../../src/base/bytes.ts";
import { type TestKey, testKey } from "../../support/fixture-keys.ts";
import {
  aTufRepository,
  fileOf,
  INDEX,
  idOf,
  keyIdOf,
  keyOf,
  keyTable,
  roleOf,
  type Said,
  type Signers,
  signature,
  type TufRepository,
} from "../../support/tuf-repository.ts";
import { asRegistry, type Look, type Published, publish, TwoClients } from "./two-clients.ts";

let published: Published;
beforeAll(async () => {
  published = await publish();
});
afterAll(() => published.close());

interface Difference {
  readonly name: string;
  readonly why: string;
  /** `accepted`, or the code that ours refuses with. */
  readonly ours: string;
  readonly theirs: "accepted" | "refused";
  /** What the clients see first, where they look twice. */
  readonly before?: (repository: TufRepository) => unknown;
  readonly tell: (repository: TufRepository) => unknown;
}

const OTHER: Signers = { keys: [testKey("other")], threshold: 1 };
const online = (repository: TufRepository) => repository.signers.timestamp.keys[0] as TestKey;

/** The timestamp written another way, under signatures that hold. */
const rewritten = (change: (file: string) => string) => (repository: TufRepository) =>
  repository.put("timestamp", utf8(change(decodeUtf8(repository.file("timestamp")) ?? "")));

/** The delegation to the index role, changed. */
const delegating = (change: Said) => (repository: TufRepository) => {
  const { keys, roles } = repository.said("targets").delegations as { keys: Said; roles: Said[] };
  const changed = roles.map((role) => JSON.parse(JSON.stringify({ ...role, ...change })) as Said);
  repository.with("targets", { delegations: { keys, roles: changed } }).signed();
};

const FORM =
  "what is signed is one text: the file itself is the canonical form, and anything else is refused";
const STRICT: Difference[] = [
  {
    name: "white space",
    why: FORM,
    ours: "METADATA_INVALID",
    theirs: "accepted",
    tell: rewritten((file) => `${file}\n`),
  },
  {
    name: "a key that is there twice",
    why: "programs differ in which of the two they read",
    ours: "METADATA_INVALID",
    theirs: "accepted",
    tell: rewritten((file) => file.replace('"version":1}', '"version":7,"version":1}')),
  },
  {
    name: "members in another order",
    why: FORM,
    ours: "METADATA_INVALID",
    theirs: "accepted",
    tell: rewritten((file) => {
      const { signatures, signed } = JSON.parse(file);
      return JSON.stringify({ signed, signatures });
    }),
  },
  {
    name: "a signature in upper-case hex",
    why: "a signature has one spelling",
    ours: "METADATA_UNSIGNED",
    theirs: "accepted",
    tell: rewritten((file) =>
      file.replace(/"sig":"([0-9a-f]+)"/, (_, sig) => `"sig":"${sig.toUpperCase()}"`),
    ),
  },
  ...[
    "2099-01-01T00:00:00.000Z",
    "2099-01-01T00:00:00+00:00",
    "2099-01-01",
    "Thu, 01 Jan 2099 00:00:00 GMT",
  ].map(
    (expires): Difference => ({
      name: `the date ${expires}`,
      why: "4.2.1: a date-time of the form YYYY-MM-DDTHH:MM:SSZ",
      ours: "METADATA_INVALID",
      theirs: "accepted",
      tell: (repository) => repository.with("timestamp", { expires }).signed(),
    }),
  ),
  ...[0, -1, 2 ** 53].map(
    (version): Difference => ({
      name: `a timestamp of version ${version}`,
      why: "4.3: an integer that is greater than 0; beyond 2^53 two numbers are one",
      ours: "METADATA_INVALID",
      theirs: "accepted",
      tell: (repository) => repository.with("timestamp", { version }).signed(),
    }),
  ),
  {
    name: "one key under two ids makes a threshold of two",
    why: "5.4.2: each key must contribute one signature; an unknown field of a key makes another id of it",
    ours: "METADATA_UNSIGNED",
    theirs: "accepted",
    before: (repository) => {
      const key = online(repository);
      const twin = keyOf(key, { note: "a twin" });
      const ids = [idOf(key), keyIdOf(twin)];
      repository
        .with("root", (said) => ({
          ...said,
          keys: { ...(said.keys as Said), [keyIdOf(twin)]: twin },
          roles: { ...(said.roles as Said), timestamp: { keyids: ids, threshold: 2 } },
        }))
        .signed();
      const said = repository.said("timestamp");
      repository.put(
        "timestamp",
        fileOf(
          said,
          ids.map((id) => signature(said, key, id)),
        ),
      );
    },
    tell: () => undefined,
  },
  {
    name: "a key id that is not the sha256 of its key",
    why: "4.3: clients MUST calculate each KEYID to verify that it is right",
    ours: "METADATA_INVALID",
    theirs: "accepted",
    before: (repository) => {
      repository
        .with("root", (said) => ({ ...said, keys: { ...(said.keys as Said), mine: keyOf(testKey("mine")) } }))
        .signed();
    },
    tell: () => undefined,
  },
  {
    name: "a timestamp signed with ECDSA",
    why: "a registry's keys are Ed25519 alone: there is less to get wrong",
    ours: "METADATA_UNSIGNED",
    theirs: "accepted",
    before: (repository) => {
      const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const kind = "ecdsa-sha2-nistp256";
      // The point alone, which is hex too: PEM has line feeds, and no canonical file can hold one.
      const point = publicKey.export({ format: "der", type: "spki" }).subarray(-65).toString("hex");
      const key = { keytype: kind, scheme: kind, keyval: { public: point } };
      const keyid = keyIdOf(key);
      repository
        .with("root", (said) => ({
          ...said,
          keys: { ...(said.keys as Said), [keyid]: key },
          roles: { ...(said.roles as Said), timestamp: { keyids: [keyid], threshold: 1 } },
        }))
        .signed();
      const said = repository.said("timestamp");
      const sig = sign("sha256", utf8(canonicalize(said)), privateKey).toString("hex");
      repository.put("timestamp", fileOf(said, [{ keyid, sig }]));
    },
    tell: () => undefined,
  },
  {
    name: "a targets role of more than 256 KiB",
    why: "a limit on everything that comes from outside; those of a registry have one kilobyte",
    ours: "TOO_LARGE",
    theirs: "accepted",
    tell: (repository) => repository.with("targets", { pad: "x".repeat(256 * 1024) }).signed(),
  },
  {
    name: "a delegation of a delegated role",
    why: "a registry has one level, and the role of the index delegates nothing",
    ours: "TARGET_UNKNOWN",
    theirs: "accepted",
    tell: (repository) => {
      const key = testKey("deeper");
      const deeper = repository.fork().file("index");
      const roles = [
        { ...roleOf({ keys: [key], threshold: 1 }), name: "deeper", paths: ["index/*"], terminating: false },
      ];
      const said = JSON.parse(decodeUtf8(deeper) ?? "").signed as Said;
      repository.with("index", { targets: {}, delegations: { keys: keyTable([key]), roles } }).signed();
      repository.files.set("1.deeper.json", fileOf(said, [signature(said, key)]));
      repository
        .with("snapshot", (snapshot) => ({
          ...snapshot,
          meta: { ...(snapshot.meta as Said), "deeper.json": { version: 1 } },
        }))
        .signed()
        .publishTimestamp();
    },
  },
  {
    name: "a delegation by the hashes of paths",
    why: "a registry delegates by paths; a role without paths is asked for nothing",
    ours: "TARGET_UNKNOWN",
    theirs: "accepted",
    tell: delegating({ paths: undefined, path_hash_prefixes: [..."0123456789abcdef"] }),
  },
  {
    name: "a pattern of a shell: sets",
    why: "4.5 names two wildcards, * and ?",
    ours: "TARGET_UNKNOWN",
    theirs: "accepted",
    tell: delegating({ paths: ["{index,x}/*"] }),
  },
];

const LENIENT: Difference[] = [
  {
    name: "fast-forward, undone by one more timestamp key",
    why: "5.3.11: if the keys have been rotated, the trusted timestamp is deleted; tuf-js keeps it while its key is still good",
    ours: "accepted",
    theirs: "refused",
    before: (repository) => repository.with("timestamp", { version: 1000 }).signed(),
    tell: (repository) => {
      const both = { keys: [...repository.signers.timestamp.keys, ...OTHER.keys], threshold: 1 };
      repository.with("timestamp", { version: 1 }).signed();
      repository.rotate({ timestamp: both }).publish();
    },
  },
  {
    name: "fast-forward, undone by keys that changed and changed back",
    why: "5.3.11, at each root of the chain: the client may have been away between the two",
    ours: "accepted",
    theirs: "refused",
    before: (repository) => repository.with("timestamp", { version: 1000 }).signed(),
    tell: (repository) => {
      const { timestamp } = repository.signers;
      repository.with("timestamp", { version: 1 }).signed();
      repository.rotate({ timestamp: OTHER }).publish();
      repository.rotate({ timestamp }).publish();
    },
  },
  {
    name: "a root without consistent_snapshot",
    why: "4.3: the field is optional, and its absence means false",
    ours: "TARGET_UNKNOWN",
    theirs: "refused",
    before: (repository) => {
      repository.with("root", ({ consistent_snapshot: _, ...said }) => said).signed();
      for (const role of ["snapshot", "targets", "index"] as const)
        repository.files.set(`${role}.json`, repository.file(role));
      repository.with("targets", { delegations: { keys: {}, roles: [] } }).signed();
      repository.files.set("targets.json", repository.file("targets"));
    },
    tell: () => undefined,
  },
  {
    name: "a timestamp of more than 16 KiB",
    why: "our limit is 256 KiB for each file",
    ours: "accepted",
    theirs: "refused",
    tell: (repository) => repository.with("timestamp", { pad: "x".repeat(20_000) }).signed(),
  },
  {
    name: "a target whose name begins with a dot, under a wildcard",
    why: "4.5: * is any characters of a component; tuf-js leaves such names to patterns that begin with a dot",
    ours: "accepted",
    theirs: "refused",
    tell: (repository) => {
      const { [INDEX]: target } = repository.said("index").targets as Said;
      repository.with("index", { targets: { "index/.root.json": target } }).signed();
    },
  },
];

const verdictOf = (look: Look) => ("seen" in look ? "accepted" : look.refused);

describe.each([
  ["ours is stricter", STRICT],
  ["ours follows the specification where tuf-js refuses", LENIENT],
])("%s", (_, differences) => {
  it.each(differences)("$name", async ({ ours, theirs, before, tell, name }) => {
    const repository = aTufRepository({ now: Math.floor(Date.now() / 1000) * 1000 }).publish();
    before?.(repository);
    const paths = name.includes("begins with a dot") ? ["index/.root.json"] : [INDEX];
    const places = {
      metadata: `${published.url}trust`,
      targets: published.url,
      paths,
      hashed: paths[0] === INDEX,
    };
    const clients = new TwoClients(published, repository.file("root"), { places });
    try {
      if (before !== undefined) await clients.look(asRegistry(repository.files));
      tell(repository);
      const files = new Map(repository.files);
      for (const [path, bytes] of repository.files)
        if (path.startsWith("index/")) files.set("index/.root.json", bytes);
      const look = await clients.look(asRegistry(files));
      expect(verdictOf(look.ours), JSON.stringify(look)).toBe(ours);
      expect("seen" in look.theirs, JSON.stringify(look)).toBe(theirs === "accepted");
    } finally {
      clients.forget();
    }
  });
});
