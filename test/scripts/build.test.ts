/** `npm run build`, `npm start` and `npm run pack` as people call them. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { buildTree, siteToBuild } from "../../scripts/build.ts";
import { CLI, tempFolder } from "../support/cli.ts";
import { aSmallRegistry } from "../support/published-tree.ts";

const script = (file: string, args: readonly string[], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, [`scripts/${file}.ts`, ...args], {
    encoding: "utf8",
    env: { ...process.env, ...env },
  });

describe("npm run build", () => {
  test("builds this project's registry, or the one that is named to the folder that is named", () => {
    expect(siteToBuild([])).toEqual({ registry: "registry", out: "dist/site" });
    expect(siteToBuild(["--registry", "../acme", "--out", "../site"])).toEqual({
      registry: "../acme",
      out: "../site",
    });
    expect(siteToBuild(["--out", "public"])).toEqual({ registry: "registry", out: "public" });
    // Not over this project's own site.
    for (const words of [["--registry", "x"], ["--regsitry", "x"], ["x"]])
      expect(() => siteToBuild(words)).toThrow(TypeError);
    const { status, stderr } = script("build", ["--regsitry", "x"]);
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining("npm run build -- [--registry DIR --out DIR]"),
    ]);
  });

  test("gives another registry its pages, unsigned in CI and else signed for this machine", async () => {
    const registry = aSmallRegistry().writeTo(tempFolder("source"));
    for (const CI of ["true", ""]) {
      vi.stubEnv("CI", CI);
      vi.stubEnv("GGEN_MARKETPLACE_HOME", tempFolder("home"));
      const out = join(tempFolder("site"), "site");
      await buildTree(CLI, { registry, out });
      expect(readFileSync(join(out, "packages/tool/index.html"), "utf8")).toContain("tool");
      expect(existsSync(join(out, "registry.json"))).toBe(true);
      expect(existsSync(join(out, "trust/timestamp.json"))).toBe(CI === "");
    }
    vi.unstubAllEnvs();
  });
});

describe("npm start", () => {
  test("a port that is taken, and what is no port, is said before anything is built or promised", async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "localhost", done));
    const { port } = server.address() as AddressInfo;
    const busy = script("start", [], { PORT: String(port) });
    server.close();
    expect([busy.status, busy.stdout, busy.stderr]).toEqual([
      1,
      "",
      `error: Cannot listen at localhost:${port}: another program does\nhint: choose another port: PORT=8080 npm start\n`,
    ]);
    for (const PORT of ["none", "70000", "1.5", "-1"]) {
      const wrong = script("start", [], { PORT });
      expect([wrong.status, wrong.stdout, wrong.stderr]).toEqual([
        1,
        "",
        `error: PORT takes a whole number from 1 to 65535, got "${PORT}"\nhint: choose another port: PORT=8080 npm start\n`,
      ]);
    }
  });
});

test.skipIf(process.platform === "win32")(
  "npm run pack makes a package that npm installs with ggen-marketplace on the PATH, without the network",
  () => {
    const out = join(tempFolder("package"), "package");
    const prefix = tempFolder("prefix");
    expect(script("pack", ["--out", out]).status).toBe(0);
    const npm = spawnSync("npm", ["install", "--global", "--prefix", prefix, "--offline", out], {
      encoding: "utf8",
    });
    expect([npm.status, npm.stderr]).toEqual([0, expect.not.stringContaining("ERR")]);
    const run = spawnSync(join(prefix, "bin", "ggen-marketplace"), ["--version"], { encoding: "utf8" });
    expect(run.stdout).toMatch(/^ggen-marketplace \d+\.\d+\.\d+ \(Node/);
  },
);
