import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { problemsOf } from "../../src/base/problem.ts";
import type { RegistryStory } from "../support/a-registry.ts";
import { alice, aliceNext, bob, carol, maintainer } from "../support/fixture-keys.ts";
import { differences, filesBelow, Room, type Tree } from "./room.ts";
import { twoPublishers } from "./stories.ts";

let room: Room;
let before: Tree;

beforeEach(async () => {
  room = new Room();
  room.commit(twoPublishers().build());
  expect((await room.build()).result.ok).toBe(true);
  before = filesBelow(room.out);
});

afterEach(() => room.remove());

/** Builds over what is there; the whole tree must be what a cold build writes. Gives what was compiled. */
async function buildsAsCold(): Promise<readonly string[]> {
  const { result, compiled } = await room.build();
  expect(problemsOf(result).filter(({ severity }) => severity === "error")).toEqual([]);
  expect(differences(filesBelow(room.out), await room.coldTree())).toEqual([]);
  return compiled;
}

function changed(tell: (story: RegistryStory) => void): Tree {
  const story = twoPublishers();
  tell(story);
  return story.build();
}

const ALL_CORE = ["core", "core@1.0.0", "core@1.1.0", "core@2.0.0-rc.1"];
const EVERYTHING = [...ALL_CORE, "old", "old@1.0.0", "shapes", "shapes@0.1.0", "shapes@0.2.0"];

describe("an incremental build writes what a cold one does, byte for byte, after", () => {
  it("nothing", async () => {
    expect(await buildsAsCold()).toEqual([]);
    expect(differences(filesBelow(room.out), before)).toEqual([]);
  });

  it("a new release: it alone is verified", async () => {
    room.commit(changed((story) => story.package("core").release("1.2.0").signedBy(alice)));
    expect(await buildsAsCold()).toEqual(["core", "core@1.2.0"]);
    expect(differences(filesBelow(room.out), before)).toContain("packages/core/package.ttl");
  });

  it("a new package that depends on an old one, whose record then says so", async () => {
    room.commit(
      changed((story) =>
        story
          .package("user")
          .release("1.0.0", { dependencies: { core: "*" } })
          .signedBy(bob),
      ),
    );
    expect(await buildsAsCold()).toEqual(["user", "user@1.0.0"]);
  });

  it("a yank: the releases' verdicts stand", async () => {
    room.commit(changed((story) => story.package("core").yank("1.1.0", "broken").signedBy(alice)));
    expect(await buildsAsCold()).toEqual(["core"]);
  });

  it("another owner", async () => {
    room.commit(changed((story) => story.package("core").addOwner(bob).signedBy(alice)));
    expect(await buildsAsCold()).toEqual(ALL_CORE);
  });

  it("a key revocation: releases fall, archives go", async () => {
    room.commit(changed((story) => story.publisher(alice).revokeKey(aliceNext).signedBy(alice)));
    expect(await buildsAsCold()).toEqual(ALL_CORE);
    const gone = [...before.keys()].filter((path) => path.startsWith("archives/"));
    expect(gone.filter((path) => !filesBelow(room.out).has(path))).toHaveLength(1);
  });

  it("a revocation that lets a release stand", async () => {
    room.commit(
      changed((story) =>
        story
          .publisher(alice)
          .revokeKey(aliceNext, { releases: ["core@1.1.0"] })
          .signedBy(alice),
      ),
    );
    expect(await buildsAsCold()).toEqual(ALL_CORE);
  });

  it("a new publisher: nobody else's verdicts are touched", async () => {
    room.commit(
      changed((story) => story.package("extra").release("1.0.0").signedBy(story.publisher(carol).key)),
    );
    expect(await buildsAsCold()).toEqual(["extra", "extra@1.0.0"]);
  });

  it("a changed registry.toml", async () => {
    room.commit(twoPublishers({ title: "Another title", limits: { descriptionBytesMax: 4000 } }).build());
    expect(await buildsAsCold()).toEqual(EVERYTHING);
  });

  it("a changed list of maintainers", async () => {
    room.commit(twoPublishers({ maintainers: [maintainer] }).build());
    expect(await buildsAsCold()).toEqual(EVERYTHING);
  });

  it("a work tree that is dirty: a release and a statement that nobody committed", async () => {
    room.write(
      changed((story) => {
        story.package("core").release("1.2.0").signedBy(alice);
        story.package("old").archive("done").signedBy(bob);
      }),
    );
    expect(await buildsAsCold()).toEqual(["core", "core@1.2.0", "old"]);
  });

  it("a work tree that was dirty and is clean again", async () => {
    room.write(changed((story) => story.package("core").release("1.2.0").signedBy(alice)));
    await room.build();
    room.write(twoPublishers().build());
    expect(await buildsAsCold()).not.toContain("core@1.2.0");
    expect(differences(filesBelow(room.out), before)).toEqual([]);
  });

  it("an untracked file beside the packages", async () => {
    writeFileSync(join(room.registry, "stats.json"), '{ "format": 1, "packages": {} }\n');
    expect(await buildsAsCold()).toEqual([]);
  });

  it("a removed package: its files go, and those who depended on it are refused", async () => {
    rmSync(join(room.registry, "packages/old"), { recursive: true });
    room.git("commit", "-qam", "without old");
    expect(await buildsAsCold()).toEqual([]);
    expect([...filesBelow(room.out).keys()].filter((path) => path.startsWith("packages/old/"))).toEqual([]);
    rmSync(join(room.registry, "packages/core"), { recursive: true });
    const { result } = await room.build();
    expect(problemsOf(result).map(({ code }) => code)).toContain("DEPENDENCY_UNKNOWN");
  });

  it("the checkout of an older commit", async () => {
    room.commit(changed((story) => story.package("core").release("1.2.0").signedBy(alice)));
    await room.build();
    room.git("checkout", "-q", "HEAD~1");
    await buildsAsCold();
    expect(differences(filesBelow(room.out), before)).toEqual([]);
  });

  it("an output folder that somebody emptied", async () => {
    rmSync(room.out, { recursive: true });
    expect(await buildsAsCold()).toEqual([]);
  });
});

describe("a cached verdict is not taken", () => {
  it("by another program", async () => {
    const { compiled } = await room.build({ program: "another" });
    expect(compiled).toEqual(EVERYTHING);
  });

  it("for a release whose bytes were changed and not committed", async () => {
    writeFileSync(join(room.registry, "packages/core/1.0.0/content/README.md"), "# Other bytes\n");
    const { result, compiled } = await room.build();
    expect(compiled).toContain("core@1.0.0");
    expect(problemsOf(result).map(({ code }) => code)).toContain("RELEASE_CHECKSUM");
    expect(differences(filesBelow(room.out), before)).toEqual([]);
  });

  it("for a release with a file that nobody listed", async () => {
    writeFileSync(join(room.registry, "packages/core/1.0.0/content/extra.txt"), "more");
    const { result } = await room.build();
    expect(result.ok).toBe(false);
    expect(differences(filesBelow(room.out), before)).toEqual([]);
  });

  it("for a package whose statements are unsigned now", async () => {
    rmSync(join(room.registry, "packages/old/statements/0002.toml.sig"));
    const { result } = await room.build();
    expect(problemsOf(result).map(({ code }) => code)).toContain("STATEMENT_UNSIGNED");
  });

  it("for packages of a publisher whose chain is broken now", async () => {
    rmSync(join(room.registry, "publishers/bob"), { recursive: true });
    const { result } = await room.build();
    expect(problemsOf(result).map(({ code }) => code)).toContain("OWNER_UNKNOWN");
  });
});
