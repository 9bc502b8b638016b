import { expect, test } from "vitest";
import { RegistryError } from "../../src/base/error.ts";
import { onCurrentView } from "../../src/client/current-view.ts";
import { memoryReader } from "../../src/client/reader.ts";
import { openUnsigned } from "../../src/client/registry.ts";
import { clientTrustPorts } from "../../src/node/crypto.ts";
import { nativeInflate } from "../../src/node/inflate.ts";
import { aRegistry } from "../support/a-registry.ts";
import { alice } from "../support/fixture-keys.ts";
import { filesBelow, publishedTree } from "../support/published-tree.ts";

const before = aRegistry();
before.publisher(alice);
before.package("one").release("1.0.0");
const after = aRegistry();
after.publisher(alice);
after.package("one").release("1.0.0").release("2.0.0");

const older = filesBelow(publishedTree(before));
const newer = filesBelow(publishedTree(after));

const open = (files: ReadonlyMap<string, Uint8Array>) =>
  openUnsigned({ reader: memoryReader(files), ports: clientTrustPorts, inflate: nativeInflate });
const latest = async (registry: Awaited<ReturnType<typeof open>>) => (await registry.show("one"))?.latest;
/** The older view's root and section manifests, and every other file of the newer: what a deploy that keeps nothing leaves. */
const torn = new Map([
  ...newer,
  ...[...older].filter(([path]) => path === "registry.json" || /\.root\.json$|\.section\.json$/.test(path)),
]);

test("a digest that misses makes the client open the current view, and do its work again on that", async () => {
  const opened: boolean[] = [];
  const found = await onCurrentView((again) => {
    opened.push(again);
    return open(again ? newer : torn);
  }, latest);
  expect(found).toBe("2.0.0");
  expect(opened).toEqual([false, true]);
});

test("a root that is gone is asked for anew", async () => {
  const pointerOnly = new Map([["registry.json", older.get("registry.json") ?? new Uint8Array()]]);
  expect(await onCurrentView((again) => open(again ? newer : pointerOnly), latest)).toBe("2.0.0");
});

test("where the current view is the same one, the first error is told and nothing is tried again", async () => {
  let works = 0;
  const work = (registry: Awaited<ReturnType<typeof open>>) => (works++, latest(registry));
  await expect(onCurrentView(() => open(torn), work)).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(works).toBe(1);
});

test("where the current view cannot be opened, the first error is told", async () => {
  const gone = async () => {
    throw new RegistryError("UNREACHABLE", "nobody answers", "");
  };
  await expect(onCurrentView((again) => (again ? gone() : open(torn)), latest)).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
});

test("what is no matter of the view is not tried again", async () => {
  const opened: boolean[] = [];
  const work = async () => {
    throw new RegistryError("UNKNOWN_PACKAGE", "there is none", "");
  };
  const trying = onCurrentView((again) => (opened.push(again), open(newer)), work);
  await expect(trying).rejects.toMatchObject({ code: "UNKNOWN_PACKAGE" });
  expect(opened).toEqual([false]);
});
