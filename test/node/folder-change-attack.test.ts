import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { changeFolder } from "../../src/node/folder-change.ts";
import { tempFolder } from "../support/cli.ts";

/** A project as a stranger hands it over: a link out of it, and a plan that pretends to be a killed change. */
function aHostileProject(plan: readonly { path: unknown; replaces: boolean }[], link: string) {
  const room = tempFolder("hostile");
  const [home, project] = [join(room, "home"), join(room, "project")];
  mkdirSync(join(home, "Documents"), { recursive: true });
  writeFileSync(join(home, "profile"), "mine\n");
  mkdirSync(join(project, ".ggen-marketplace/old", link), { recursive: true });
  writeFileSync(join(project, ".ggen-marketplace/old", link, "profile"), "theirs\n");
  symlinkSync("../home", join(project, link));
  writeFileSync(join(project, ".ggen-marketplace/plan.json"), JSON.stringify(plan));
  return { home, project };
}

test.each([
  ["through a link", [{ path: "l/profile", replaces: true }], "l"],
  ["to a folder that no change of ours makes", [{ path: "src", replaces: false }], "l"],
  ["to a folder that is named like no form of a package", [{ path: "packs/x.other", replaces: false }], "l"],
  ["through a link in the place of packs", [{ path: "packs/x", replaces: true }], "packs"],
  ["to no path at all", [{ path: 7, replaces: false }], "l"],
])("a plan that came with a stranger's folder is not followed %s", (_, plan, link) => {
  const { home, project } = aHostileProject(plan, link);
  mkdirSync(join(project, "src"), { recursive: true });
  expect(() => changeFolder(project, (change) => change.file("ggen.toml", utf8("")))).toThrow();
  expect(readFileSync(join(home, "profile"), "utf8")).toBe("mine\n");
  expect(existsSync(join(home, "Documents"))).toBe(true);
  expect(existsSync(join(project, "src"))).toBe(true);
});
