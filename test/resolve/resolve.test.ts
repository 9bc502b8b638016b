import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chain, type Graph, lateConflict, layered, pigeons } from "../../scripts/resolve-graphs.ts";
import type { PackageName } from "../../src/manifest/name.ts";
import type { Range, Version } from "../../src/manifest/version.ts";
import {
  type Candidate,
  fits,
  PACKAGES_MAX,
  type Requirement,
  resolve,
  type Unresolved,
} from "../../src/resolve/resolve.ts";

/**
 * name → version → what it needs. Newest first, as written. A version that begins with "!" is yanked, a need that
 * begins with "?" is optional.
 */
type World = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;

function catalogueOf(world: World): ReadonlyMap<string, readonly Candidate[]> {
  return new Map(
    Object.entries(world).map(([name, releases]) => [
      name,
      Object.entries(releases).map(
        ([version, needs]): Candidate => ({
          version: version.replace("!", "") as Version,
          dependencies: entries(needs).filter(([name]) => !name.startsWith("?")),
          optional: entries(needs).flatMap(([name, range]) =>
            name.startsWith("?") ? [[name.slice(1) as PackageName, range] as const] : [],
          ),
          ...(version.startsWith("!") ? { withheld: "yanked: it is wrong" } : {}),
        }),
      ),
    ]),
  );
}

function entries(needs: Readonly<Record<string, string>>): [PackageName, Range][] {
  return Object.entries(needs) as [PackageName, Range][];
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
  return solution.ok ? Object.fromEntries(solution.versions) : solution.failure;
}

function failureOf(world: World, wanted: Readonly<Record<string, string>>): Unresolved {
  const catalogue = catalogueOf(world);
  const solution = resolve(asked(wanted), (name) => catalogue.get(name));
  if (solution.ok) throw new Error("there is a solution");
  return solution.failure;
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
    expect(failureOf(world, { app: "1.1.0" })).toMatchObject({
      code: "RESOLVE_NOTHING_FITS",
      message: "you asked for app 1.1.0 (what fits is withheld: 1.1.0, yanked: it is wrong)",
    });
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

describe("an optional need", () => {
  const world = {
    app: { "1.0.0": { "?extra": "^1.0.0" } },
    extra: { "2.0.0": {}, "1.0.0": {} },
  };

  test("brings nothing", () => {
    expect(solve(world, { app: "*" })).toEqual({ app: "1.0.0" });
  });

  test("holds where somebody else brings the package", () => {
    expect(solve(world, { app: "*", extra: "*" })).toEqual({ app: "1.0.0", extra: "1.0.0" });
  });

  test("is a reason that nothing goes together", () => {
    expect(failureOf(world, { app: "*", extra: "^2.0.0" })).toMatchObject({
      code: "RESOLVE_CONFLICT",
      lines: [
        "Because app 1.0.0 goes only with extra ^1.0.0 and you asked for extra ^2.0.0, app 1.0.0 cannot be had.",
        "And because you asked for app, there is no such set.",
      ],
    });
  });

  test("of a package that is not there does not matter", () => {
    expect(solve({ app: { "1.0.0": { "?gone": "*" } } }, { app: "*" })).toEqual({ app: "1.0.0" });
  });
});

describe("what a person is told", () => {
  test("two packages that want different versions of a third: who wants which", () => {
    const world = {
      left: { "1.0.0": { shared: "^1.0.0" } },
      right: { "1.0.0": { shared: "^2.0.0" } },
      shared: { "2.0.0": {}, "1.0.0": {} },
    };
    expect(failureOf(world, { left: "*", right: "*" })).toEqual({
      code: "RESOLVE_CONFLICT",
      message: "No set of releases gives left and right",
      lines: [
        "Because left 1.0.0 needs shared ^1.0.0 and right 1.0.0 needs shared ^2.0.0, left 1.0.0 and right 1.0.0 do not go together.",
        "And because you asked for left and right, there is no such set.",
      ],
      remedy: "a project holds one version of a package: ask for other versions of what needs it",
      steps: [
        {
          because: [
            {
              text: "left 1.0.0 needs shared ^1.0.0",
              kind: "needs",
              by: { package: "left", versions: ["1.0.0"] },
              package: "shared",
              range: "^1.0.0",
            },
            {
              text: "right 1.0.0 needs shared ^2.0.0",
              kind: "needs",
              by: { package: "right", versions: ["1.0.0"] },
              package: "shared",
              range: "^2.0.0",
            },
          ],
          so: "left 1.0.0 and right 1.0.0 do not go together",
        },
        {
          because: [
            { step: 1 },
            { text: "you asked for right", kind: "asked", package: "right", range: "*" },
            { text: "you asked for left", kind: "asked", package: "left", range: "*" },
          ],
          so: "there is no such set",
        },
      ],
    });
  });

  test("a person's own word is one of those", () => {
    const world = { left: { "1.0.0": { shared: "^1.0.0" } }, shared: { "2.0.0": {}, "1.0.0": {} } };
    expect(failureOf(world, { shared: "2.0.0", left: "*" }).lines).toEqual([
      "Because left 1.0.0 needs shared ^1.0.0 and you asked for left, shared 1.0.0 is needed.",
      "And because you asked for shared 2.0.0, there is no such set.",
    ]);
  });

  test("several releases are named as one where they say the same, and a line is cited by its number", () => {
    // The example of branching in PubGrub's documentation.
    const world = {
      foo: { "1.1.0": { x: "1.0.0", y: "1.0.0" }, "1.0.0": { a: "1.0.0", b: "1.0.0" } },
      a: { "1.0.0": { b: "2.0.0" } },
      b: { "2.0.0": {}, "1.0.0": {} },
      x: { "1.0.0": { y: "2.0.0" } },
      y: { "2.0.0": {}, "1.0.0": {} },
    };
    expect(failureOf(world, { foo: "^1.0.0" }).lines).toEqual([
      "Because x 1.0.0 needs y 2.0.0 and foo 1.1.0 needs x 1.0.0, foo 1.1.0 needs y 2.0.0.",
      "And because foo 1.1.0 needs y 1.0.0, foo 1.1.0 cannot be had (2).",
      "Because a 1.0.0 needs b 2.0.0 and foo 1.0.0 needs a 1.0.0, foo 1.0.0 needs b 2.0.0.",
      "And because foo 1.0.0 needs b 1.0.0, foo 1.0.0 cannot be had.",
      "And because of (2), no release of foo can be had.",
      "And because you asked for foo ^1.0.0, there is no such set.",
    ]);
  });

  test("a package that is not there, and who needs it", () => {
    expect(failureOf({ app: { "1.0.0": { libb: "*" } } }, { app: "*" })).toMatchObject({
      code: "RESOLVE_UNKNOWN_PACKAGE",
      message: "app 1.0.0 needs libb (it is not in this registry)",
    });
  });

  test("a range that nothing satisfies, and what there is", () => {
    expect(failureOf({ app: { "1.1.0": {}, "1.0.0": {} } }, { app: "^3.0.0" })).toMatchObject({
      code: "RESOLVE_NOTHING_FITS",
      message: "you asked for app ^3.0.0 (there are 1.1.0, 1.0.0)",
      lines: [],
    });
    expect(failureOf({ app: {} }, { app: "*" })).toMatchObject({
      message: "you asked for app (there are no releases)",
    });
  });
});

describe("hostile and large graphs come to an end", () => {
  const outcome = ({ wanted, catalogue }: Graph) => {
    const solution = resolve(wanted, catalogue);
    return solution.ok ? solution.versions.size : solution.failure.code;
  };

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
    expect(failureOf(world, wanted)).toMatchObject({ code: "RESOLVE_CONFLICT" });
  });

  test("thousands of packages, whose newest releases do not all go together", () => {
    expect(outcome(layered(5000, 1, 1000))).toBe(5000);
    expect(outcome(layered(1000, 2, 20))).toBe(1000);
  });

  test("a package at the end that excludes what was chosen for all before", () => {
    expect(outcome(lateConflict(100, 20))).toBe(201);
  });

  test("a chain of thousands of packages is resolved, one beyond the limit is refused", () => {
    expect(outcome(chain(PACKAGES_MAX))).toBe(PACKAGES_MAX);
    expect(outcome(chain(PACKAGES_MAX + 1))).toBe("RESOLVE_TOO_MANY");
  });

  test("a puzzle without an answer is proven to be one, and a large one given up after so much work", () => {
    expect(outcome(pigeons(5))).toBe("RESOLVE_CONFLICT");
    expect(outcome(pigeons(12))).toBe("RESOLVE_TOO_HARD");
  });

  test("a proof that nobody would read is not written out", () => {
    const { wanted, catalogue } = pigeons(8);
    const solution = resolve(wanted, catalogue);
    expect(solution).toMatchObject({
      failure: {
        message: expect.stringMatching(
          /^No set of releases gives pigeon-0, .*: what 15 packages need excludes it$/,
        ),
        lines: [],
        steps: [],
      },
    });
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
    const isMet = (needs: Readonly<Record<string, string>>) =>
      entries(needs).every(([need, range]) => {
        const isOptional = need.startsWith("?");
        const chosen = choice[need.replace("?", "")];
        return chosen === undefined ? isOptional : fits(chosen as Version, range);
      });
    return (
      isMet(wanted) && Object.entries(choice).every(([name, version]) => isMet(world[name]?.[version] ?? {}))
    );
  });
}

/** Whether the facts that a proof rests on are of this world and of what was asked, and no choice meets them all. */
function isProof({ steps }: Unresolved, world: World, wanted: Readonly<Record<string, string>>): boolean {
  const facts = steps.flatMap(({ because }) =>
    because.flatMap((premise) => ("step" in premise ? [] : [premise])),
  );
  const said: Record<string, Record<string, Record<string, string>>> = {};
  for (const [name, releases] of Object.entries(world))
    said[name] = Object.fromEntries(Object.keys(releases).map((version) => [version, {}]));
  const asking: Record<string, string> = {};
  for (const { kind, by, package: on, range } of facts) {
    const need = kind === "limits" ? `?${on}` : on;
    if (by === undefined) {
      if (wanted[on] !== range) return false;
      asking[on] = range;
    }
    for (const version of by?.versions ?? []) {
      if (world[by?.package ?? ""]?.[version]?.[need] !== range) return false;
      const needs = said[by?.package ?? ""]?.[version];
      if (needs !== undefined) needs[need] = range;
    }
  }
  return solutionsByForce(said, asking).length === 0;
}

/** Whether each package asked for has the best release that any solution has beside those asked for before it. */
function isBestInOrder(
  answer: Readonly<Record<string, string>>,
  solutions: readonly Readonly<Record<string, string>>[],
  world: World,
  wanted: Readonly<Record<string, string>>,
): boolean {
  let left = solutions;
  for (const name of Object.keys(wanted)) {
    const best = Object.keys(world[name] ?? {}).find((version) => left.some((one) => one[name] === version));
    if (answer[name] !== best) return false;
    left = left.filter((one) => one[name] === best);
  }
  return true;
}

const NAMES = ["a", "b", "c", "d"];
const VERSIONS = ["2.0.0", "1.1.0", "1.0.0"];
const RANGES = ["*", "^1.0.0", "^2.0.0", "1.0.0", ">=1.1.0", "<2.0.0", "^3.0.0"];
const needs = fc.dictionary(
  fc.constantFrom(...NAMES, "missing", ...NAMES.map((name) => `?${name}`)),
  fc.constantFrom(...RANGES),
  { maxKeys: 3 },
);
const releases = fc.uniqueArray(fc.tuple(fc.constantFrom(...VERSIONS, "!1.2.0"), needs), {
  maxLength: 3,
  selector: ([version]) => version,
});
const world = fc.record(
  Object.fromEntries(NAMES.map((name) => [name, releases.map((list) => Object.fromEntries(list))])),
);
const wanted = fc.dictionary(fc.constantFrom(...NAMES), fc.constantFrom(...RANGES), {
  minKeys: 1,
  maxKeys: 3,
});

describe("against every choice there is, on small graphs", () => {
  test("there is an answer exactly where there is a solution: the best of them, without a package too many; else a proof", () => {
    fc.assert(
      fc.property(world, wanted, (graph, asking) => {
        const solutions = solutionsByForce(graph, asking);
        const catalogue = catalogueOf(graph);
        const solution = resolve(asked(asking), (name) => catalogue.get(name));
        if (!solution.ok) {
          expect(solutions).toEqual([]);
          expect(solution.failure.code).toMatch(/^RESOLVE_(CONFLICT|UNKNOWN_PACKAGE|NOTHING_FITS)$/);
          expect(isProof(solution.failure, graph, asking)).toBe(true);
          return;
        }
        const answer = Object.fromEntries(solution.versions) as Record<string, string>;
        expect(solutions).toContainEqual(answer);
        expect(isBestInOrder(answer, solutions, graph, asking)).toBe(true);
        for (const name of Object.keys(answer)) {
          const { [name]: _, ...without } = answer;
          expect(solutions).not.toContainEqual(without);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
