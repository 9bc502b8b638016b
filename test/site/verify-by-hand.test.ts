import { spawnSync } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { verifyByHand } from "../../site/src/catalogue/words.ts";
import { openUnsigned, type Registry } from "../../src/client/registry.ts";
import { nodeTrustPorts } from "../../src/node/crypto.ts";
import { directoryReader } from "../../src/node/directory-reader.ts";
import { nativeInflate } from "../../src/node/inflate.ts";
import { tempFolder } from "../support/cli.ts";
import { type PublishedSite, publishTree } from "../support/published-site.ts";
import { aCatalogue } from "./a-catalogue.ts";

const tools = ["sha256sum", "ssh-keygen", "tar"].every(
  (tool) => spawnSync("sh", ["-c", `command -v ${tool}`]).status === 0,
);

/** The commands that a package page tells its reader to run, run. */
describe.skipIf(!tools)("checking a release with tools everyone has, as its page says", () => {
  let site: PublishedSite;
  let registry: Registry;

  beforeAll(async () => {
    site = publishTree(aCatalogue());
    registry = await openUnsigned({
      reader: directoryReader(site.tree),
      ports: nodeTrustPorts,
      inflate: nativeInflate,
    });
  });

  it.each([
    ["owl-to-sql", "1.1.0", "alice"],
    ["fallen", "1.1.0", "carol"],
  ])("%s %s, signed by %s, verifies", async (name, version, publisher) => {
    const run = await byHand(name, version, publisher);
    expect(run.stdout).toContain(`Good "ggen-marketplace-release" signature for ${publisher}`);
    expect(run.status).toBe(0);
    const [found, listed] = run.stdout
      .split("\n")
      .filter((line) => /^\s*\d+$/.test(line))
      .map(Number);
    expect(found).toBe(listed);
  });

  it("another publisher's name does not", async () => {
    const run = await byHand("owl-to-sql", "1.1.0", "bob");
    expect(run.status).not.toBe(0);
  });

  it("a changed file does not", async () => {
    const run = await byHand("owl-to-sql", "1.1.0", "alice", "printf x >> package.toml");
    expect(run.stdout).toContain("package.toml: FAILED");
  });

  it("an added file shows in the counts", async () => {
    const run = await byHand("owl-to-sql", "1.1.0", "alice", "printf x > content/added.sh");
    const [found, listed] = run.stdout
      .split("\n")
      .filter((line) => /^\s*\d+$/.test(line))
      .map(Number);
    expect(found).toBe((listed ?? 0) + 1);
  });

  async function byHand(name: string, version: string, publisher: string, meddle = ":") {
    const record = await registry.show(name);
    const archive = record?.releases.find((release) => release.version === version)?.archive?.sha256 ?? "";
    const folder = tempFolder("by-hand");
    copyFileSync(join(site.tree, "archives", `${archive}.tgz`), join(folder, `${archive}.tgz`));
    copyFileSync(join(site.tree, "trust", "allowed_signers"), join(folder, "allowed_signers"));
    const [unpack = "", ...check] = verifyByHand({ archive, publisher }).split("\n");
    writeFileSync(join(folder, "check.sh"), `${unpack}\n${meddle}\n${check.join("\n")}\n`);
    return spawnSync("sh", ["check.sh"], { cwd: folder, encoding: "utf8" });
  }
});
