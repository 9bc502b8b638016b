/** A section's pack: everything of it in one request, for who has nothing; and nothing that its parts would not give. */
import { writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { concat, utf8 } from "../../src/base/bytes.ts";
import type { Digest } from "../../src/base/digest.ts";
import { canonicalJson } from "../../src/base/json.ts";
import { memoryReader, type Reader } from "../../src/client/reader.ts";
import { openUnsigned, type Registry } from "../../src/client/registry.ts";
import type { Packs } from "../../src/client/sections.ts";
import { syncView } from "../../src/client/sync.ts";
import { clientTrustPorts, nativeSha256 } from "../../src/node/crypto.ts";
import { cachedReader } from "../../src/node/disk-cache.ts";
import { nativeInflate } from "../../src/node/inflate.ts";
import { MirrorFolder } from "../../src/node/mirror-folder.ts";
import { rootPath } from "../../src/snapshot/layout.ts";
import { PACK_BYTES_MAX } from "../../src/snapshot/section.ts";
import { snapshotOf, type Tree } from "../build/room.ts";
import { aRegistry } from "../support/a-registry.ts";
import { tempFolder } from "../support/cli.ts";
import { bob } from "../support/fixture-keys.ts";
import { filesBelow, withRoot } from "../support/published-tree.ts";

const names = Array.from({ length: 120 }, (_, at) => `package-${at}`);
let tree: Map<string, Uint8Array>;
let packs: string[];

/** 120 packages, `changed` of them with a second release: sections of many parts, and one with pages. */
async function aLargeRegistry(changed: readonly string[] = []): Promise<Map<string, Uint8Array>> {
  const story = aRegistry();
  story.publisher(bob);
  for (const name of names) {
    const noise = Array.from({ length: 80 }, (_, at) => nativeSha256(utf8(`${name} ${at}`)));
    const said = { description: `About ${name}.\n\n${noise.join("\n")}` };
    const made = story.package(name).release("1.0.0", said).signedBy(bob);
    if (changed.includes(name)) made.release("1.1.0", said).signedBy(bob);
  }
  return new Map(await snapshotOf(story.build()));
}

/** A place that counts what it is asked for. */
function place(files: Tree): Reader & { readonly asked: string[] } {
  const inner = memoryReader(files);
  const asked: string[] = [];
  return {
    location: "https://packages.example.org/",
    asked,
    read(path, options) {
      asked.push(path);
      return inner.read(path, options);
    },
  };
}

const open = (reader: Reader): Promise<Registry> =>
  openUnsigned({ reader, ports: clientTrustPorts, inflate: nativeInflate });

const sync = async (reader: Reader, packs: Packs) =>
  syncView(await open(reader), { onFile: () => {}, packs });

const code = (work: Promise<unknown>) =>
  work.then(
    () => "accepted",
    (error: { code?: string }) => error.code,
  );

const of = (asked: readonly string[], extension: string) => asked.filter((path) => path.endsWith(extension));

beforeAll(async () => {
  tree = await aLargeRegistry();
  packs = of([...tree.keys()], ".pack");
  expect(packs).toHaveLength(1);
  expect(of([...tree.keys()], ".page").length).toBeGreaterThan(0);
  expect(of([...tree.keys()], ".records").length).toBeGreaterThan(64);
});

describe("who has nothing", () => {
  test("asks for the pack, and for none of the files in it, then and later", async () => {
    const folder = tempFolder("cache");
    const origin = place(tree);
    const whole = await sync(cachedReader(origin, { folder }), "take");
    expect(of(origin.asked, ".pack")).toEqual(packs);
    expect(of(origin.asked, ".page")).toEqual([]);
    // Sections of one part have no pack.
    expect(of(origin.asked, ".records")).toHaveLength(2);
    const offline = cachedReader(place(tree), { folder, offline: true });
    expect(await sync(offline, "ignore")).toEqual(whole);
    expect(await sync(offline, "take")).toEqual(whole);
    for (const name of names.slice(0, 5))
      expect((await (await open(offline)).show(name))?.package.name).toBe(name);
  });

  test("does not keep the pack itself: its files are kept", async () => {
    const folder = tempFolder("cache");
    await sync(cachedReader(place(tree), { folder }), "take");
    const kept = [...filesBelow(folder).keys()];
    const digest = /([0-9a-f]{64})/.exec(packs[0] ?? "")?.[1] ?? "none";
    expect(kept.length).toBeGreaterThan(64);
    expect(kept.filter((file) => file.includes(digest))).toEqual([]);
  });

  test("reads the files one by one where a mirror lacks the pack", async () => {
    const without = new Map([...tree].filter(([path]) => !path.endsWith(".pack")));
    const whole = await sync(cachedReader(place(tree), { folder: tempFolder("cache") }), "take");
    const origin = place(without);
    expect(await sync(cachedReader(origin, { folder: tempFolder("cache") }), "take")).toEqual(whole);
    expect(of(origin.asked, ".records").length).toBeGreaterThan(64);
  });

  test("reads them one by one where nothing can be kept", async () => {
    const origin = place(tree);
    const full = tempFolder("cache");
    const unwritable = cachedReader(origin, { folder: `${full}/file/below` });
    writeFileSync(`${full}/file`, "in the way");
    expect((await sync(unwritable, "take")).files).toBeGreaterThan(64);
  });
});

describe("a pack", () => {
  const changed = (change: (pack: Uint8Array) => Uint8Array) => {
    const files = new Map(tree);
    for (const path of packs) files.set(path, change(files.get(path) ?? new Uint8Array()));
    return cachedReader(place(files), { folder: tempFolder("cache") });
  };

  test.each<[string, string, (pack: Uint8Array) => Uint8Array]>([
    ["with a flipped bit", "BAD_RESPONSE", (pack) => pack.with(1000, (pack[1000] ?? 0) ^ 1)],
    ["that ends early", "BAD_RESPONSE", (pack) => pack.subarray(0, -1)],
    ["that goes on", "TOO_LARGE", (pack) => concat(pack, Uint8Array.of(0))],
    ["that is empty", "BAD_RESPONSE", () => new Uint8Array()],
  ])("%s is refused: %s", async (_, expected, change) => {
    expect(await code(sync(changed(change), "take"))).toBe(expected);
  });

  /** The tree of an index that names another pack. */
  const naming = (ref: readonly [Digest, number], bytes?: Uint8Array) => {
    const root = JSON.parse(Buffer.from(tree.get("registry.json") ?? []).toString()).root;
    const index = JSON.parse(Buffer.from(tree.get(rootPath(root.sha256)) ?? []).toString());
    const section = index.sections.packages.sha256;
    const manifest = JSON.parse(Buffer.from(tree.get(`index/${section}.section.json`) ?? []).toString());
    const other = canonicalJson({ ...manifest, pack: ref });
    const sha256 = nativeSha256(other);
    const more = new Map([[`index/${sha256}.section.json`, other]]);
    if (bytes !== undefined) more.set(`index/${ref[0]}.pack`, bytes);
    return withRoot(
      tree,
      (changing) => {
        (changing.sections as Record<string, unknown>).packages = { sha256, length: other.length };
      },
      more,
    );
  };

  test("that the index commits to and that is not made of its files is refused, and nothing of it kept", async () => {
    const folder = tempFolder("cache");
    const bytes = concat(tree.get(packs[0] ?? "") ?? new Uint8Array()).with(0, 7);
    const files = naming([nativeSha256(bytes), bytes.length], bytes);
    const reader = cachedReader(place(files), { folder });
    expect(await code(sync(reader, "take"))).toBe("DIGEST_MISMATCH");
    expect((await sync(reader, "ignore")).files).toBeGreaterThan(64);
  });

  test("that is shorter than its files is refused", async () => {
    const bytes = (tree.get(packs[0] ?? "") ?? new Uint8Array()).slice(0, -1);
    const files = naming([nativeSha256(bytes), bytes.length], bytes);
    expect(await code(sync(cachedReader(place(files), { folder: tempFolder("cache") }), "take"))).toBe(
      "DIGEST_MISMATCH",
    );
  });

  test("that is said to be larger than any may be is not asked for", async () => {
    const ref = [nativeSha256(utf8("large")), PACK_BYTES_MAX + 1] as const;
    const origin = place(naming(ref));
    expect(await code(sync(cachedReader(origin, { folder: tempFolder("cache") }), "take"))).toBe("TOO_LARGE");
    expect(of(origin.asked, ".pack")).toEqual([]);
  });

  test.each([[[]], [["x", 1]], [[nativeSha256(utf8("a")), -1]], ["text"], [null]])(
    "that is named as %j makes the manifest unreadable",
    async (ref) => {
      const files = naming(ref as unknown as readonly [Digest, number]);
      expect(await code(sync(cachedReader(place(files), { folder: tempFolder("cache") }), "take"))).toBe(
        "UNREADABLE_INDEX",
      );
    },
  );
});

test("a mirror makes no pack that holds more than the index says", async () => {
  const root = JSON.parse(Buffer.from(tree.get("registry.json") ?? []).toString()).root;
  const index = JSON.parse(Buffer.from(tree.get(rootPath(root.sha256)) ?? []).toString());
  const section = index.sections.packages.sha256;
  const manifest = JSON.parse(Buffer.from(tree.get(`index/${section}.section.json`) ?? []).toString());
  const other = canonicalJson({ ...manifest, pack: [manifest.pack[0], 10] });
  const sha256 = nativeSha256(other);
  const files = withRoot(
    tree,
    (changing) => {
      (changing.sections as Record<string, unknown>).packages = { sha256, length: other.length };
    },
    new Map([[`index/${sha256}.section.json`, other]]),
  );
  const folder = tempFolder("mirror");
  const mirror = new MirrorFolder(folder);
  try {
    expect((await sync(mirror.reader(place(files)), "make")).files).toBeGreaterThan(64);
  } finally {
    mirror.close();
  }
  expect(of([...filesBelow(folder).keys()], ".pack")).toEqual([]);
});

describe("who has most of it", () => {
  test("asks for what changed, and for no pack", async () => {
    const folder = tempFolder("cache");
    await sync(cachedReader(place(tree), { folder }), "take");
    const next = place(await aLargeRegistry(["package-7"]));
    await sync(cachedReader(next, { folder }), "ignore");
    expect(of(next.asked, ".pack")).toEqual([]);
    expect(of(next.asked, ".page")).toHaveLength(1);
    // Of `packages` one, and the single ones of the two other sections.
    expect(of(next.asked, ".records").length).toBeLessThanOrEqual(3);
  });

  test("and as a mirror makes the new pack of its own files", async () => {
    const folder = tempFolder("mirror");
    const copy = async (files: Tree, packs: Packs) => {
      const mirror = new MirrorFolder(folder);
      try {
        const origin = place(files);
        await sync(mirror.reader(origin), packs);
        mirror.sweep();
        return origin.asked;
      } finally {
        mirror.close();
      }
    };
    await copy(tree, "take");
    expect(of([...filesBelow(folder).keys()], ".pack")).toEqual(packs);
    const next = await aLargeRegistry(["package-7"]);
    expect(of(await copy(next, "make"), ".pack")).toEqual([]);
    const [made] = of([...filesBelow(folder).keys()], ".pack");
    expect(made).not.toBe(packs[0]);
    expect(filesBelow(folder).get(made ?? "")).toEqual(next.get(made ?? "none"));
  });
});
