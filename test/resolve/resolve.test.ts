import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PackageName } from "../../src/manifest/name.ts";
import type { Range, Version } from "../../src/manifest/version.ts";
import { type Candidate, fits, PACKAGES_MAX, type Requirement, resolve } from "../../src/resolve/resolve.ts";

/** name → version → what it needs; a version that begins with "!" is yanked. Newest first, as written. */
type World = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;

function catalogueOf(world: World): ReadonlyMap<string, readonly Candidate[]> {
  return new Map(
    Object.entries(world).map(([name, releases]) => [
      name,
      Object.entries(releases).map(
        ([version, needs]): Candidate => ({
          version: version.replace("!", "") as Version,
          dependencies: Object.entries(needs) as [PackageName, Range][],
          ...(version.startsWith("!") ? { withheld: "yanked: it is wrong" } : {}),
        }),
      ),
    ]),
  );
}

function asked(wanted: Readonly<Record<string, string>>): Requirement[] {
  return Object.entries(wanted).map(([name, range]) => ({
    name: name as PackageName,
    range: range as Range,
  }));
}

function solve(world: World, wanted: Readonly<Record<string, string>>) {
  const catalogue = catalogueOf(world);
  const solution = resolve(asked(wanted), (name) => catalogue.get(name));
  return solution.ok ? Object.fromEntries(solution.value) : solution.problems;
}

describe("resolve", () => {
  test("takes the newest that fits, and what it needs, by name", () => {
    const world = {
      app: { "1.1.0": { lib: "^1.0.0" }, "1.0.0": {} },
      lib: { "2.0.0": {}, "1.5.0": {}, "1.0.0": {} },
    };
    expect(solve(world, { app: "*" })).toEqual({ app: "1.1.0", lib: "1.5.0" });
    expect(Object.keys(solve(world, { app: "*" }))).toEqual(["app", "lib"]);
  });

  test("takes an older release where the newest leads nowhere", () => {
    const world = { app: { "2.0.0": { lib: "^9.0.0" }, "1.0.0": { lib: "^1.0.0" } }, lib: { "1.0.0": {} } };
    expect(solve(world, { app: "*" })).toEqual({ app: "1.0.0", lib: "1.0.0" });
  });

  test("goes back to an earlier choice that has a part in the failure", () => {
    const world = {
      first: { "2.0.0": { shared: "^2.0.0" }, "1.0.0": { shared: "^1.0.0" } },
      second: { "1.0.0": { shared: "^1.0.0" } },
      shared: { "2.0.0": {}, "1.0.0": {} },
    };
    expect(solve(world, { first: "*", second: "*" })).toEqual({
      first: "1.0.0",
      second: "1.0.0",
      shared: "1.0.0",
    });
  });

  test("a pre-release is taken only where the range names one", () => {
    const world = { app: { "2.0.0-rc.1": {}, "1.0.0": {} } };
    expect(solve(world, { app: "*" })).toEqual({ app: "1.0.0" });
    expect(solve(world, { app: ">=2.0.0-rc.0" })).toEqual({ app: "2.0.0-rc.1" });
  });

  test("what is withheld is never chosen, and said to be so", () => {
    const world = { app: { "!1.1.0": {}, "1.0.0": {} } };
    expect(solve(world, { app: "*" })).toEqual({ app: "1.0.0" });
    expect(solve(world, { app: "1.1.0" })).toMatchObject([
      {
        code: "RESOLVE_NOTHING_FITS",
        message: "you asked for app 1.1.0; what fits is withheld: 1.1.0 (yanked: it is wrong)",
      },
    ]);
  });

  test("packages that need each other in a circle are all taken", () => {
    expect(solve({ a: { "1.0.0": { b: "*" } }, b: { "1.0.0": { a: "*" } } }, { a: "*" })).toEqual({
      a: "1.0.0",
      b: "1.0.0",
    });
  });

  test("names of Object.prototype are names like others", () => {
    const world = { constructor: { "1.0.0": { valueof: "*" } }, valueof: { "1.0.0": {} } };
    expect(solve(world as World, { constructor: "*" })).toEqual({ constructor: "1.0.0", valueof: "1.0.0" });
  });
});

describe("what a person is told", () => {
  test("two packages that want different versions of a third: who wants which", () => {
    const world = {
      left: { "1.0.0": { shared: "^1.0.0" } },
      right: { "1.0.0": { shared: "^2.0.0" } },
      shared: { "2.0.0": {}, "1.0.0": {} },
    };
    expect(solve(world, { left: "*", right: "*" })).toMatchObject([
      {
        code: "RESOLVE_CONFLICT",
        message:
          "No release of shared is right for all that need it: left@1.0.0 needs shared ^1.0.0; right@1.0.0 needs shared ^2.0.0",
      },
    ]);
  });

  test("a person's own word is one of those", () => {
    const world = { left: { "1.0.0": { shared: "^1.0.0" } }, shared: { "2.0.0": {}, "1.0.0": {} } };
    expect(solve(world, { shared: "2.0.0", left: "*" })).toMatchObject([
      { message: expect.stringContaining("you asked for shared 2.0.0; left@1.0.0 needs shared ^1.0.0") },
    ]);
  });

  test("a package that is not there, and who needs it", () => {
    expect(solve({ app: { "1.0.0": { libb: "*" } } }, { app: "*" })).toMatchObject([
      { code: "RESOLVE_UNKNOWN_PACKAGE", message: "app@1.0.0 needs libb, which is not in this registry" },
    ]);
  });

  test("a range that nothing satisfies, and what there is", () => {
    expect(solve({ app: { "1.1.0": {}, "1.0.0": {} } }, { app: "^3.0.0" })).toMatchObject([
      { code: "RESOLVE_NOTHING_FITS", message: "you asked for app ^3.0.0; there are 1.1.0, 1.0.0" },
    ]);
    expect(solve({ app: {} }, { app: "*" })).toMatchObject([
      { message: "you asked for app; there are no releases" },
    ]);
  });
});

describe("hostile and large graphs come to an end", () => {
  test("a conflict is found although many packages without a part in it have many versions", () => {
    const others = Object.fromEntries(
      Array.from({ length: 12 }, (_, at) => [
        `other-${at}`,
        Object.fromEntries(Array.from({ length: 12 }, (_, minor) => [`1.${12 - minor}.0`, {}])),
      ]),
    );
    const world = {
      ...others,
      left: { "1.0.0": { shared: "^1.0.0" } },
      right: { "1.0.0": { shared: "^2.0.0" } },
      shared: { "2.0.0": {}, "1.0.0": {} },
    };
    const wanted = {
      left: "*",
      ...Object.fromEntries(Object.keys(others).map((name) => [name, "*"])),
      right: "*",
    };
    expect(solve(world, wanted)).toMatchObject([{ code: "RESOLVE_CONFLICT" }]);
  });

  test("a chain of a few hundred packages is resolved, one beyond the limit is refused", () => {
    const chain = (length: number): World =>
      Object.fromEntries(
        Array.from({ length }, (_, at) => [
          `p-${at}`,
          { "1.0.0": at + 1 < length ? { [`p-${at + 1}`]: "*" } : {} },
        ]),
      );
    expect(Object.keys(solve(chain(PACKAGES_MAX), { "p-0": "*" }))).toHaveLength(PACKAGES_MAX);
    expect(solve(chain(PACKAGES_MAX + 1), { "p-0": "*" })).toMatchObject([{ code: "RESOLVE_TOO_MANY" }]);
  });

  test("a puzzle without an answer is given up after so many steps", () => {
    // Each of n packages must take another number than every other one, and there is one number too few (pigeons and holes).
    const n = 9;
    const world: Record<string, Record<string, Record<string, string>>> = {};
    for (let pigeon = 0; pigeon < n; pigeon++) {
      world[`pigeon-${pigeon}`] = Object.fromEntries(
        Array.from({ length: n - 1 }, (_, hole) => [`1.${hole}.0`, { [`hole-${hole}`]: `1.${pigeon}.0` }]),
      );
    }
    for (let hole = 0; hole < n - 1; hole++)
      world[`hole-${hole}`] = Object.fromEntries(
        Array.from({ length: n }, (_, pigeon) => [`1.${pigeon}.0`, {}]),
      );
    const wanted = Object.fromEntries(Array.from({ length: n }, (_, pigeon) => [`pigeon-${pigeon}`, "*"]));
    expect(solve(world, wanted)).toMatchObject([{ code: "RESOLVE_TOO_HARD" }]);
  });
});

/** Every choice of at most one version of each package; the solutions among them, by the definition. */
function solutionsByForce(world: World, wanted: Readonly<Record<string, string>>): Record<string, string>[] {
  const names = Object.keys(world);
  const free = (name: string) => Object.keys(world[name] ?? {}).filter((version) => !version.startsWith("!"));
  const choices = names.reduce<Record<string, string>[]>(
    (all, name) => all.flatMap((one) => [one, ...free(name).map((version) => ({ ...one, [name]: version }))]),
    [{}],
  );
  return choices.filter((choice) => {
    const met = (needs: Readonly<Record<string, string>>) =>
      Object.entries(needs).every(
        ([name, range]) => choice[name] !== undefined && fits(choice[name] as Version, range as Range),
      );
    return (
      met(wanted) && Object.entries(choice).every(([name, version]) => met(world[name]?.[version] ?? {}))
    );
  });
}

const NAMES = ["a", "b", "c", "d"];
const VERSIONS = ["1.0.0", "1.1.0", "2.0.0"];
const RANGES = ["*", "^1.0.0", "^2.0.0", "1.0.0", ">=1.1.0", "<2.0.0", "^3.0.0"];
const needs = fc.dictionary(fc.constantFrom(...NAMES, "missing"), fc.constantFrom(...RANGES), { maxKeys: 3 });
const releases = fc.dictionary(fc.constantFrom(...VERSIONS, "!1.2.0"), needs, { maxKeys: 3 });
const world = fc.record(Object.fromEntries(NAMES.map((name) => [name, releases])));
const wanted = fc.dictionary(fc.constantFrom(...NAMES), fc.constantFrom(...RANGES), {
  minKeys: 1,
  maxKeys: 3,
});

describe("against every choice there is, on small graphs", () => {
  test("there is an answer exactly where there is a solution, and the answer is one, without a package too many", () => {
    fc.assert(
      fc.property(world, wanted, (graph, asking) => {
        const solutions = solutionsByForce(graph, asking);
        const answer = solve(graph, asking);
        if (Array.isArray(answer)) {
          expect(solutions).toEqual([]);
          expect(answer[0]?.code).toMatch(/^RESOLVE_(CONFLICT|UNKNOWN_PACKAGE|NOTHING_FITS)$/);
        } else {
          expect(solutions).toContainEqual(answer);
          for (const name of Object.keys(answer)) {
            const { [name]: _, ...without } = answer as Record<string, string>;
            expect(solutions).not.toContainEqual(without);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});
