import { describe, expect, test } from "vitest";
import { problemsOf } from "../../src/base/problem.ts";
import { describeContent } from "../../src/content/describe.ts";
import { nodeTrustPorts } from "../../src/node/crypto.ts";
import { verifyRelease } from "../../src/trust/release.ts";
import {
  AUTHORITY,
  CONFIG,
  closureOf,
  newestOf,
  PROBLEMS,
  RELEASES,
  type ShippedRelease,
} from "./the-registry.ts";

const publishers = new Map([...AUTHORITY.publishers].map(([name, { state }]) => [name, state]));
const packages = [...AUTHORITY.packages.values()].map(({ state }) => state);
const keys = [...publishers.values()].flatMap((state) => [...state.keys.values()]);

/** Steps down the longest chain of dependencies. */
function depthOf(release: ShippedRelease): number {
  const below = [...release.manifest.dependencies].map(([name, range]) => newestOf(name, range));
  return Math.max(0, ...below.map((dependency) => (dependency === undefined ? 0 : 1 + depthOf(dependency))));
}

function verified(release: ShippedRelease) {
  const state = AUTHORITY.packages.get(release.manifest.name)?.state;
  if (state === undefined) throw new Error(`nobody has claimed ${release.manifest.name}`);
  const authority = { package: state, publishers, limits: CONFIG.limits };
  const result = verifyRelease(release.unverified, authority, nodeTrustPorts);
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 2));
  return result.value;
}

test("the source and every statement chain are without fault", () => {
  expect(PROBLEMS).toEqual([]);
});

describe.each(RELEASES.map((release) => [release.id, release] as const))("%s", (_, release) => {
  test("is signed by its publisher, and the signature stands", () => {
    const { signature, standing, manifest } = verified(release);
    expect([signature.publisher, standing]).toEqual([manifest.publisher, "good"]);
  });

  test("has content without a warning, and the engine loads it, or it is a project to copy", () => {
    const content = describeContent(verified(release), CONFIG.iri);
    expect(problemsOf(content)).toEqual([]);
    if (!content.ok) return;
    const { kind, engine, permissions } = content.value;
    expect(kind).toBe(release.manifest.kind);
    expect(engine.problems.map(({ code }) => code)).toEqual(
      kind === "project" ? ["FM-PACK-002", "FM-PACK-004"] : [],
    );
    // Only a file name may be computed, below a folder that the template names.
    const computed = permissions.anything.filter(
      ({ why }) => !/^its to is computed: (?:docs|generated)\//.test(why),
    );
    expect(computed).toEqual([]);
  });

  test("what it runs or edits is said in bold in its README, and nothing else is", () => {
    const content = describeContent(verified(release), CONFIG.iri);
    const { shell, inject } = content.ok ? content.value.permissions : { shell: [], inject: [] };
    const warnings = release.text("README.md").match(/^\*\*It (?:runs|edits) .*\*\*/gm) ?? [];
    expect(warnings).toHaveLength(shell.length + inject.length);
  });
});

describe("the registry has one of each", () => {
  test("publisher who replaced a key, and one who had to revoke a key", () => {
    expect(new Set(keys.map(({ state }) => state))).toEqual(new Set(["active", "retired", "revoked"]));
    expect(publishers.size).toBe(2);
  });

  test("release signed by a key that was revoked later, and named as valid then", () => {
    const digests = new Set(RELEASES.map((release) => verified(release)).map(({ digest }) => digest));
    const kept = keys.flatMap(({ validReleases }) => [...validReleases]);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.filter((digest) => !digests.has(digest))).toEqual([]);
  });

  test("package with three releases", () => {
    const versions = RELEASES.filter(({ manifest }) => manifest.name === "owl-to-typescript");
    expect(versions.map(({ manifest }) => manifest.version)).toEqual(["2.0.0", "1.1.0", "1.0.0"]);
  });

  test("yanked release, with a newer one to go to", () => {
    const yanked = packages.flatMap(({ name, yanked }) =>
      [...yanked.keys()].map((version) => `${name}@${version}`),
    );
    expect(yanked).toEqual(["owl-to-sql@1.0.0"]);
    expect(RELEASES.map(({ id }) => id)).toContain("owl-to-sql@1.0.1");
  });

  test("deprecated package, whose replacement is there and is not deprecated", () => {
    const deprecated = packages.filter((state) => state.deprecated.length > 0);
    expect(deprecated.map(({ name }) => name)).toEqual(["owl-docs"]);
    const replacement = deprecated[0]?.deprecated[0]?.replacement;
    expect(packages.find(({ name }) => name === replacement)?.deprecated).toEqual([]);
  });

  test("chain of dependencies three deep, and every edge leads to a release", () => {
    expect(Math.max(...RELEASES.map(depthOf))).toBe(3);
    for (const release of RELEASES) expect(closureOf(release)).not.toContain(release);
  });
});
