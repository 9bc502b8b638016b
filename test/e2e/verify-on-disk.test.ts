import { spawnSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { aRegistry } from "../support/a-registry.ts";
import { cli, tempFolder } from "../support/cli.ts";
import { alice } from "../support/fixture-keys.ts";

test("verify judges the files on the disk, also where git was told not to look at one", () => {
  const registry = aRegistry()
    .publisher(alice)
    .package("x")
    .release("1.0.0", { files: { "README.md": "# X\n" } })
    .signedBy(alice)
    .writeTo(tempFolder("registry"));
  const git = (...args: string[]) =>
    spawnSync("git", ["-C", registry, "-c", "user.name=t", "-c", "user.email=t@t", ...args]).status;
  expect([git("init", "-q"), git("add", "--force", "."), git("commit", "-qm", "x")]).toEqual([0, 0, 0]);
  const release = join(registry, "packages/x/1.0.0");
  expect(cli(["verify", release]).code).toBe(0);
  expect(git("update-index", "--assume-unchanged", "packages/x/1.0.0/content/README.md")).toBe(0);
  appendFileSync(join(release, "content/README.md"), "changed\n");
  expect(cli(["verify", release]).stderr).toContain("README.md");
  expect(cli(["verify", release]).code).toBe(1);
  expect(cli(["verify", registry]).code).toBe(1);
});
