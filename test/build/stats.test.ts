/** stats.json ranks what a search finds, and what is wrong with it is told like anything else. */
import { expect, it } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { problemsOf } from "../../src/base/problem.ts";
import { memoryReader } from "../../src/client/reader.ts";
import { openUnsigned } from "../../src/client/registry.ts";
import { nodeTrustPorts } from "../../src/node/crypto.ts";
import { nativeInflate } from "../../src/node/inflate.ts";
import { judged, snapshotOf, type Tree } from "./room.ts";
import { twoPublishers } from "./stories.ts";

const SOURCE = twoPublishers().build();
const withStats = (stats: unknown): Tree => new Map(SOURCE).set("stats.json", utf8(JSON.stringify(stats)));

async function listed(source: Tree): Promise<string[]> {
  const reader = memoryReader(await snapshotOf(source));
  const registry = await openUnsigned({ reader, ports: nodeTrustPorts, inflate: nativeInflate });
  return (await registry.search("")).hits.map(({ name }) => name);
}

it("orders packages by use where nothing is asked, and newcomers after all others", async () => {
  expect(await listed(SOURCE)).toEqual(["core", "old", "shapes"]);
  const packages = { shapes: { downloads: 500 }, core: { stars: 3 } };
  expect(await listed(withStats({ format: 1, packages }))).toEqual(["shapes", "core", "old"]);
  expect(await listed(withStats({ format: 1, packages: { shapes: { downloads: 0 } } }))).toEqual([
    "shapes",
    "core",
    "old",
  ]);
});

it("takes the highest counts there can be", async () => {
  const packages = { old: { stars: Number.MAX_SAFE_INTEGER } };
  expect((await listed(withStats({ format: 1, packages })))[0]).toBe("old");
});

it("warns of packages that the registry has not, at most fifty", async () => {
  const result = await judged(withStats({ format: 1, packages: { core: { stars: 1 }, cor: { stars: 1 } } }));
  expect(result.ok).toBe(true);
  expect(problemsOf(result).map(({ code, severity, place }) => [code, severity, place])).toEqual([
    ["STATS_UNKNOWN_PACKAGE", "warning", "packages.cor"],
  ]);
  const many = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`none-${at}`, { stars: 1 }]));
  expect(problemsOf(await judged(withStats({ format: 1, packages: many })))).toHaveLength(50);
});

it("is refused with the line that is wrong", async () => {
  const result = await judged(withStats({ format: 1, packages: { core: { downloads: -1 } } }));
  expect(problemsOf(result).map(({ code, file, place }) => [code, file, place])).toEqual([
    ["STATS_INVALID", "stats.json", "packages.core"],
  ]);
});
