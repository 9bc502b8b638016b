/** A view that nobody pinned may be anyone's: digests agree, and the records are not what they should be. */
import { beforeAll, describe, expect, test } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { memoryReader, type Reader } from "../../src/client/reader.ts";
import { openUnsigned } from "../../src/client/registry.ts";
import { clientTrustPorts, nativeSha256 } from "../../src/node/crypto.ts";
import { nativeInflate } from "../../src/node/inflate.ts";
import { aSmallRegistry, filesBelow, publishedTree, withRoot } from "../support/published-tree.ts";

let files: Map<string, Uint8Array>;

const open = (reader: Reader) => openUnsigned({ reader, ports: clientTrustPorts, inflate: nativeInflate });

beforeAll(() => {
  files = filesBelow(publishedTree(aSmallRegistry()));
});

/** Sections made by a stranger: digests agree, and the records do not have the form of records. */
describe("hostile records are refused, and never shown", () => {
  function withSection(
    name: "packages" | "resolve" | "publishers",
    records: unknown,
    deflate = true,
  ): Map<string, Uint8Array> {
    const { deflateRawSync } = process.getBuiltinModule("node:zlib");
    const raw = utf8(typeof records === "string" ? records : JSON.stringify(records));
    const part = new Uint8Array(deflate ? deflateRawSync(raw) : raw);
    const manifest = utf8(
      JSON.stringify({ format: 1, bits: 0, parts: [[nativeSha256(part), part.length, raw.length]] }),
    );
    const more = new Map([
      [`index/${nativeSha256(part)}.records`, part],
      [`index/${nativeSha256(manifest)}.section.json`, manifest],
    ]);
    return withRoot(
      files,
      (root) =>
        Object.assign(root.sections as object, {
          [name]: { sha256: nativeSha256(manifest), length: manifest.length },
        }),
      more,
    );
  }

  interface Loose {
    readonly package: Record<string, unknown>;
    readonly releases: readonly [Record<string, unknown>];
    readonly statements: readonly { readonly statement: string }[];
  }
  const record = async () =>
    structuredClone(await (await open(memoryReader(files))).show("tool")) as unknown as Loose;

  test.each([
    ["not JSON", "{"],
    ["no list", { name: "tool" }],
  ])("a part that is %s", async (_, records) => {
    await expect(
      (await open(memoryReader(withSection("packages", records)))).show("tool"),
    ).rejects.toMatchObject({ code: "UNREADABLE_INDEX" });
  });

  test.each([
    ["three bytes of text for each object in memory", `[${"{},".repeat(2_000_000)}{}]`, "TOO_LARGE"],
    ["lists a thousand deep", `[${"[".repeat(1000)}${"]".repeat(1000)}]`, "UNREADABLE_INDEX"],
  ])("a part of %s is not parsed", async (_, text, code) => {
    const registry = await open(memoryReader(withSection("packages", text)));
    await expect(registry.show("tool")).rejects.toMatchObject({ code });
  });

  test.each([
    ["null beside it", () => [null, 3, "tool", []]],
    ["a record without releases", async () => [{ package: { name: "tool" } }]],
    ["escape codes in a version", async () => [{ ...(await record()), latest: "1.0.0\u001b[2J" }]],
    [
      "escape codes in an owner",
      async () => [
        { ...(await record()), package: { ...(await record()).package, owners: ["\u001b]0;x\u0007"] } },
      ],
    ],
    [
      "a digest that is none",
      async () => [{ ...(await record()), package: { ...(await record()).package, statementsHead: "../x" } }],
    ],
    [
      "permissions that are none",
      async () => [
        { ...(await record()), releases: [{ ...(await record()).releases[0], content: { permissions: 7 } }] },
      ],
    ],
    [
      "a number for a description",
      async () => [{ ...(await record()), releases: [{ ...(await record()).releases[0], description: 7 }] }],
    ],
  ])("%s", async (_, records) => {
    const registry = await open(memoryReader(withSection("packages", await records())));
    const shown = await registry.show("tool").catch((error: { code: string }) => error.code);
    expect([undefined, "UNREADABLE_INDEX"]).toContain(shown);
  });

  test("a manifest whose parts are not parts", async () => {
    for (const manifest of [
      { format: 1, bits: 0, parts: "x" },
      { format: 1, bits: 40, parts: [] },
      { format: 1, bits: 0, parts: [["x", 1, 1]] },
      { format: 1, bits: 0, parts: [7] },
      [],
    ]) {
      const bytes = utf8(JSON.stringify(manifest));
      const more = new Map([[`index/${nativeSha256(bytes)}.section.json`, bytes]]);
      const tree = withRoot(
        files,
        (root) =>
          Object.assign(root.sections as object, {
            packages: { sha256: nativeSha256(bytes), length: bytes.length },
          }),
        more,
      );
      await expect((await open(memoryReader(tree))).show("tool")).rejects.toMatchObject({
        code: "UNREADABLE_INDEX",
      });
    }
  });

  test("a part that unpacks to more than its index says", async () => {
    const tree = withSection("packages", " ".repeat(100_000));
    const registry = await open(memoryReader(new Map([...tree].map(([path, bytes]) => [path, bytes]))));
    await expect(registry.show("tool")).rejects.toMatchObject({ code: "UNREADABLE_INDEX" });
    await expect(
      (await open(memoryReader(withSection("packages", "[]", false)))).show("tool"),
    ).rejects.toMatchObject({ code: "BAD_RESPONSE" });
  });

  test.each([
    ["dependencies", (release: Record<string, unknown>) => ({ ...release, dependencies: [] })],
    [
      "permissions",
      (release: Record<string, unknown>) => ({
        ...release,
        content: {
          ...(release.content as object),
          permissions: { shell: [], overwrite: [], inject: [], outputs: [], anything: [] },
        },
      }),
    ],
    ["licence", (release: Record<string, unknown>) => ({ ...release, license: "MIT OR Apache-2.0" })],
    ["publisher", (release: Record<string, unknown>) => ({ ...release, publisher: "alice" })],
    [
      "release digest",
      (release: Record<string, unknown>) => ({ ...release, digest: nativeSha256(utf8("x")) }),
    ],
    [
      "archive of another package",
      (release: Record<string, unknown>, other: Record<string, unknown>) => ({
        ...release,
        archive: other.archive,
      }),
    ],
  ])("a record with other %s than was signed cannot be installed from", async (_, change) => {
    const honest = await open(memoryReader(files));
    const other = (await honest.show("left"))?.releases[0] as unknown as Record<string, unknown>;
    const lie = { ...(await record()), releases: [change((await record()).releases[0], other)] };
    const registry = await open(memoryReader(withSection("packages", [lie])));
    await expect(registry.download("tool", "1.0.0")).rejects.toMatchObject({ name: "RegistryError" });
  });

  test("a record to resolve with that leaves out a dependency, or a yank, cannot be installed from", async () => {
    const honest = await open(memoryReader(files));
    const tool = structuredClone(await honest.resolveRecord("tool")) as never as {
      releases: Record<string, unknown>[];
    };
    tool.releases = tool.releases.map((release) => ({ ...release, dependencies: [] }));
    const shared = structuredClone(await honest.resolveRecord("shared")) as never as {
      releases: Record<string, unknown>[];
    };
    shared.releases = shared.releases.map(({ withheld, ...release }) => release);
    const registry = await open(memoryReader(withSection("resolve", [tool, shared])));
    await expect(registry.download("tool", "1.0.0")).rejects.toMatchObject({ code: "RECORD_DIFFERS" });
    await expect(registry.download("shared", "1.1.0")).rejects.toMatchObject({ code: "RECORD_DIFFERS" });
    expect((await registry.download("shared", "2.0.0")).manifest.version).toBe("2.0.0");
  });

  test("a statement chain that was cut, or changed, proves nothing", async () => {
    const whole = await record();
    const changed = whole.statements.map((entry) => ({
      ...entry,
      statement: entry.statement.replace("bob", "alice"),
    }));
    for (const chain of [[], changed]) {
      const registry = await open(memoryReader(withSection("packages", [{ ...whole, statements: chain }])));
      await expect(registry.download("tool", "1.0.0")).rejects.toMatchObject({ name: "RegistryError" });
    }
  });
});
