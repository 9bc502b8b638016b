/** Views whose signatures have run out: within the grace they work, and it is said once; after it nothing new is taken. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { aRegistry, writeFiles } from "../support/a-registry.ts";
import { NOW, type SignedRegistry, signedRegistry } from "../support/a-signed-registry.ts";
import { cli, codeOf, tempFolder } from "../support/cli.ts";
import { alice } from "../support/fixture-keys.ts";

const DAY = 24 * 60 * 60 * 1000;
const LONG = { root: 3650, targets: 3650, snapshot: 3650, timestamp: 7 };

function story() {
  const told = aRegistry();
  told.publisher(alice);
  told.package("x").release("1.0.0").release("1.1.0").signedBy(alice);
  return told;
}

/** The registry's tree, signed so many days ago for seven days, and the root's file. */
function signedDaysAgo(days: number, after?: SignedRegistry) {
  const now = NOW - days * DAY;
  const signed = signedRegistry(story(), {
    now,
    lifetimes: LONG,
    ...(after === undefined ? {} : { after, ceremonyOf: after }),
  });
  const tree = tempFolder("stale");
  writeFiles(signed.files, tree);
  const root = join(tempFolder("root"), "root.json");
  writeFileSync(root, signed.root);
  return { signed, tree, root };
}

let fresh: ReturnType<typeof signedDaysAgo>;
let stale: ReturnType<typeof signedDaysAgo>;
let expired: ReturnType<typeof signedDaysAgo>;
beforeAll(() => {
  fresh = signedDaysAgo(1);
  stale = signedDaysAgo(12);
  expired = signedDaysAgo(60);
});

const on = ({ tree, root }: typeof stale, home: string, ...words: readonly string[]) =>
  cli([...words, "--registry", tree, "--root", root], { home });
const install = (place: typeof stale, home: string, project: string, ...words: readonly string[]) =>
  on(place, home, "install", ...words, "--project", project);
const OLD = /note: this is an old view of/g;

describe("a view that is fresh", () => {
  test("works, and nothing is said", () => {
    const home = tempFolder("home");
    expect(on(fresh, home, "list").stderr).toBe("");
    expect(install(fresh, home, tempFolder("project"), "x").stderr).not.toMatch(OLD);
  });
});

describe("a view that ran out within the grace", () => {
  test("works for everything, and its age is said once on stderr", () => {
    const home = tempFolder("home");
    for (const words of [["list"], ["search", "x"], ["show", "x"]]) {
      const { code, stderr } = on(stale, home, ...words);
      expect(code).toBe(0);
      expect(stderr.match(OLD)).toHaveLength(1);
      expect(stderr).toContain("its signatures ran out 5 days ago");
    }
    const installed = install(stale, home, tempFolder("project"), "x");
    expect(installed.code).toBe(0);
    expect(installed.stderr.match(OLD)).toHaveLength(1);
  });
});

describe("the grace", () => {
  test("is what its user set, in the settings or for one call, shorter or longer", () => {
    const home = tempFolder("home");
    expect(cli(["config", "set", "grace-days", "4"], { home }).code).toBe(0);
    expect(codeOf(install(stale, home, tempFolder("project"), "x", "--json"))).toBe("VIEW_EXPIRED");
    const words = ["install", "x", "--registry", expired.tree, "--root", expired.root];
    const longer = cli([...words, "--project", tempFolder("project")], {
      home,
      env: { GGEN_MARKETPLACE_GRACE_DAYS: "60" },
    });
    expect(longer).toMatchObject({ code: 0, stderr: expect.stringMatching(OLD) });
  });
});

describe("a view that ran out longer ago", () => {
  test("is read, with a word; nothing new is installed from it, unless that is asked for", () => {
    const home = tempFolder("home");
    const { code, stderr } = on(expired, home, "list");
    expect(code).toBe(0);
    expect(stderr).toContain("ran out 53 days ago");
    const project = tempFolder("project");
    expect(codeOf(install(expired, home, project, "x", "--json"))).toBe("VIEW_EXPIRED");
    expect(install(expired, home, project, "x", "--allow-stale").code).toBe(0);
  });

  test("what is locked still installs and verifies from it", () => {
    const home = tempFolder("home");
    const project = tempFolder("project");
    expect(install(expired, home, project, "x", "--allow-stale").code).toBe(0);
    expect(install(expired, home, project).code).toBe(0);
    expect(on(expired, home, "verify", "--project", project).code).toBe(0);
  });

  test("on first contact it is refused for something new: an old view would stand for the current one", () => {
    const refused = install(expired, tempFolder("home"), tempFolder("project"), "x", "--json");
    expect(codeOf(refused)).toBe("VIEW_EXPIRED");
    expect(refused.stdout).toContain("--allow-stale");
  });

  test("a newer one that is in date is taken as soon as it is there", () => {
    const home = tempFolder("home");
    expect(on(expired, home, "list").code).toBe(0);
    const renewed = signedDaysAgo(0, expired.signed);
    expect(on({ ...renewed, root: expired.root }, home, "list").stderr).toBe("");
  });
});
