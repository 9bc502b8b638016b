/** Which delegated role is asked for a target, in which order, and under what name its file is asked for. */
import { describe, expect, it } from "vitest";
import { findTarget } from "../../../src/trust/tuf/update.ts";
import { type TestKey, testKey } from "../../support/fixture-keys.ts";
import { aTufRepository, keyTable, roleOf, type Said, signedFile } from "../../support/tuf-repository.ts";
import { aClient, outcome } from "./a-client.ts";

interface Delegation {
  readonly name: string;
  readonly paths?: readonly string[];
  readonly terminating?: boolean;
  /** Paths of its targets; each says the role's name. */
  readonly has?: readonly string[];
  readonly signedBy?: TestKey;
}

const key = testKey("delegated");

/** A client of a repository with these delegations. */
async function delegating(...roles: Delegation[]) {
  const repository = aTufRepository().publish();
  const one = roleOf({ keys: [key], threshold: 1 });
  const listed = roles.map(({ name, paths = ["a/*"], terminating = false }) => ({
    ...one,
    name,
    paths,
    terminating,
  }));
  repository.with("targets", { delegations: { keys: keyTable([key]), roles: listed } }).signed();
  const meta: Said = { "targets.json": { version: 1 } };
  for (const { name, has = [], signedBy = key } of roles) {
    meta[`${name}.json`] = { version: 1 };
    const targets = Object.fromEntries(has.map((path) => [path, repository.target(path, name)]));
    const said = { ...repository.said("index"), targets };
    repository.files.set(`1.${encodeURIComponent(name)}.json`, signedFile(said, [signedBy]));
  }
  repository.with("snapshot", { meta }).signed().publishTimestamp();
  const client = aClient(repository);
  const source = repository.source();
  const trust = await client.update(source);
  const roleOfPath = async (path: string) => (await findTarget(path, trust)).role;
  return { roleOfPath, source, client };
}

describe("delegated roles", () => {
  it("are asked in the order in which they are listed", async () => {
    const has = ["a/x"];
    const { roleOfPath, source } = await delegating({ name: "one", has }, { name: "two", has });
    expect(await roleOfPath("a/x")).toBe("one");
    expect(source.asked).not.toContain("1.two.json");
  });

  it("that are not terminating leave the rest to the next", async () => {
    const { roleOfPath } = await delegating({ name: "one" }, { name: "two", has: ["a/x"] });
    expect(await roleOfPath("a/x")).toBe("two");
  });

  it("that are terminating end the search (5.6.7.2.1)", async () => {
    const two = { name: "two", has: ["a/x", "b/x"] };
    const { roleOfPath, source } = await delegating({ name: "one", terminating: true }, two);
    expect(await outcome(roleOfPath("a/x"))).toBe("TARGET_UNKNOWN");
    expect(source.asked).not.toContain("1.two.json");
  });

  it("that are terminating for other paths end nothing", async () => {
    const one = { name: "one", terminating: true, paths: ["b/*"] };
    const { roleOfPath } = await delegating(one, { name: "two", has: ["a/x"] });
    expect(await roleOfPath("a/x")).toBe("two");
  });

  it("are believed for their paths alone, whatever they list", async () => {
    const { roleOfPath, source } = await delegating({ name: "one", has: ["b/x", "trust/ratified.json"] });
    expect(await outcome(roleOfPath("b/x"))).toBe("TARGET_UNKNOWN");
    expect(await roleOfPath("trust/ratified.json")).toBe("targets");
    expect(source.asked).not.toContain("1.one.json");
  });

  it("that cannot be verified end the search: no later role speaks in their place", async () => {
    const one = { name: "one", has: ["a/x"], signedBy: testKey("mallory") };
    const { roleOfPath } = await delegating(one, { name: "two", has: ["a/x"] });
    expect(await outcome(roleOfPath("a/x"))).toBe("METADATA_UNSIGNED");
  });

  it.each([
    ["../root", "1...%2Froot.json"],
    ["a/b", "1.a%2Fb.json"],
    ["a\\b", "1.a%5Cb.json"],
    ["?x#y", "1.%3Fx%23y.json"],
    ["..", "1....json"],
    ["é", "1.%C3%A9.json"],
  ])("the file of a role called %j is one component of a path", async (name, file) => {
    const { roleOfPath, source, client } = await delegating({ name, has: ["a/x"] });
    expect(await roleOfPath("a/x")).toBe(name);
    expect(source.asked).toContain(file);
    expect(client.versions()).toMatchObject({ [name]: 1, root: 1 });
  });
});
