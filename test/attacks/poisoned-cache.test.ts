/** Cache poisoned after verification: what was proven once is proven again at every reading. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { openTrustedView } from "../../src/client/open-trusted-view.ts";
import { memoryReader } from "../../src/client/reader.ts";
import { openRegistry } from "../../src/client/registry.ts";
import { metadataOf } from "../../src/client/trusted-view.ts";
import { nodeTrustPorts } from "../../src/node/crypto.ts";
import { cachedReader } from "../../src/node/disk-cache.ts";
import { nativeInflate } from "../../src/node/inflate.ts";
import { memoryStore } from "../../src/trust/tuf/memory-store.ts";
import type { MetadataStore } from "../../src/trust/tuf/update.ts";
import { aRegistry } from "../support/a-registry.ts";
import { policyAt, type SignedRegistry, signedRegistry } from "../support/a-signed-registry.ts";
import { tempFolder } from "../support/cli.ts";
import { alice, mallory } from "../support/fixture-keys.ts";

let signed: SignedRegistry;
let evil: SignedRegistry;

beforeAll(() => {
  const honest = aRegistry();
  honest.publisher(alice);
  honest
    .package("x")
    .release("1.0.0", { files: { "a.txt": "good\n" } })
    .signedBy(alice);
  signed = signedRegistry(honest);
  const other = aRegistry();
  other.publisher(mallory);
  other
    .package("x", { claimedBy: mallory })
    .release("1.0.0", { files: { "a.txt": "evil\n" } })
    .signedBy(mallory);
  evil = signedRegistry(other);
});

/** By a client that has seen the view before, where `store` has. */
async function download(folder: string, offline: boolean, store: MetadataStore) {
  const reader = cachedReader(memoryReader(signed.files), { folder, offline });
  const view = await openTrustedView(store, policyAt(), offline ? undefined : metadataOf(reader));
  const registry = await openRegistry({ reader, ports: nodeTrustPorts, inflate: nativeInflate, view });
  const { content } = await registry.download("x", "1.0.0");
  return new TextDecoder().decode(content.get("a.txt" as never));
}

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** The file of the other registry that is of the same kind as the one with these bytes. */
function evilTwin(bytes: Uint8Array): Uint8Array {
  const [path] = [...signed.files].find(([, known]) => Buffer.from(known).equals(bytes)) ?? [""];
  const kind = path.replace(/[0-9a-f]{64}/, "…");
  const [, twin] = [...evil.files].find(([of]) => of.replace(/[0-9a-f]{64}/, "…") === kind) ?? [];
  if (twin === undefined) throw new Error(`no ${kind} in the other registry`);
  return twin;
}

describe("cache poisoned after verification", () => {
  test("any one file, by the one of a registry that somebody else signed: fetched again, or refused offline", async () => {
    const folder = tempFolder("cache");
    const store = memoryStore(signed.root);
    expect(await download(folder, false, store)).toBe("good\n");
    expect(await download(folder, true, store)).toBe("good\n");
    const kept = filesIn(join(folder, "digest"));
    expect(kept.length).toBeGreaterThan(4);
    for (const file of kept) {
      const bytes = readFileSync(file);
      const poison = () => writeFileSync(file, evilTwin(bytes));
      poison();
      // A file that is found to be another is dropped, and is then missing.
      await expect(download(folder, true, store)).rejects.toMatchObject({ code: "OFFLINE_MISSING" });
      poison();
      expect(await download(folder, false, store)).toBe("good\n");
    }
  });

  test("all files at once, trust metadata too: nothing of the other registry is accepted", async () => {
    const folder = tempFolder("cache");
    const store = memoryStore(signed.root);
    await download(folder, false, store);
    for (const file of filesIn(folder)) writeFileSync(file, evilTwin(readFileSync(file)));
    await expect(download(folder, true, store)).rejects.toMatchObject({ code: "OFFLINE_MISSING" });
    expect(await download(folder, false, store)).toBe("good\n");
  });
});
