import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { cli, type CliResult, tempFolder } from "../support/cli.ts";

const IRI = "https://packages.example/";

interface Refusal {
  readonly error: { readonly code: string; readonly problems: readonly { readonly code: string; readonly file: string }[] };
}

function codes(result: CliResult): string[] {
  return result.json<Refusal>().error.problems.map((problem) => problem.code);
}

function aPackage(folder: string, manifest: string, files: Record<string, string> = { "README.md": "# A package\n" }): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.toml"), manifest);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const manifest = (name: string, version: string, more = "") =>
  `format = 1\n\n[package]\nname = "${name}"\nversion = "${version}"\npublisher = "alice"\ndescription = "A package for tests"\nlicense = "MIT"\n${more}`;

describe("a publisher's day", () => {
  const room = tempFolder();
  const home = join(room, "home");
  const registry = join(room, "registry");
  const key = join(room, "alice.key");
  const signed = ["--into", registry, "--publisher", "alice", "--key", key];
  const run = (...args: string[]) => cli([...args, "--json"], { home });

  beforeAll(() => {
    expect(run("init", registry, "--name", "test", "--iri", IRI).code).toBe(0);
    expect(run("key", "generate", "--out", key).code).toBe(0);
  });

  test("publish registers the publisher, claims the name and signs the release", () => {
    const folder = aPackage(join(room, "first"), manifest("first", "1.0.0"));
    const result = run("publish", folder, ...signed);
    expect(result.stderr).toBe("");
    expect(result.json()).toMatchObject({ package: "first", version: "1.0.0", registered: true, claimed: ["first"] });
    expect(readdirSync(join(registry, "packages/first/1.0.0")).sort()).toEqual(["SHA256SUMS", "SHA256SUMS.sig", "content", "package.toml"]);
    expect(run("check", "--registry", registry).json()).toMatchObject({ ok: true, counts: { packages: 1, releases: 1 } });
  });

  test("publish never overwrites a release", () => {
    const before = readFileSync(join(registry, "packages/first/1.0.0/SHA256SUMS"));
    const folder = aPackage(join(room, "again"), manifest("first", "1.0.0"), { "README.md": "# Other bytes\n" });
    const result = run("publish", folder, ...signed);
    expect(result.code).toBe(1);
    expect(codes(result)).toContain("PUBLISH_EXISTS");
    expect(readFileSync(join(registry, "packages/first/1.0.0/SHA256SUMS"))).toEqual(before);
  });

  test("a stranger cannot publish under a claimed name, nor a second publisher use the same key", () => {
    const folder = aPackage(join(room, "stolen"), manifest("first", "2.0.0").replace("alice", "mallory"));
    const stranger = join(room, "mallory.key");
    expect(run("key", "generate", "--out", stranger).code).toBe(0);
    const stolen = run("publish", folder, "--into", registry, "--publisher", "mallory", "--key", stranger);
    expect(codes(stolen)).toContain("PUBLISH_NOT_OWNER");
    const sameKey = run("publish", folder, "--into", registry, "--publisher", "mallory", "--key", key);
    expect(codes(sameKey)).toContain("PUBLISH_KEY_OF_ANOTHER");
    expect(existsSync(join(registry, "publishers/mallory"))).toBe(false);
  });

  test("all problems of a package are told at once, and nothing is written", () => {
    const folder = aPackage(join(room, "broken"), manifest("broken", "1.0", "licence = 'MIT'\n"), {
      "ontology.ttl": "<a> <b> .\n",
      "gates/one.rq": "ASK { ?s ?p }\n",
      "templates/x.tmpl": '---\nto: "out"\nto: "other"\n---\n',
    });
    const result = run("publish", folder, ...signed);
    expect(result.code).toBe(1);
    expect(codes(result)).toEqual(expect.arrayContaining(["MANIFEST_VERSION", "MANIFEST_UNKNOWN_KEY"]));
    expect(existsSync(join(registry, "packages/broken"))).toBe(false);
    writeFileSync(join(folder, "package.toml"), manifest("broken", "1.0.0"));
    const inner = run("publish", folder, ...signed);
    expect(inner.json<Refusal>().error.problems.filter((problem) => problem.file.includes("/content/")).length).toBeGreaterThanOrEqual(3);
    expect(existsSync(join(registry, "packages/broken"))).toBe(false);
  });

  test("a dependency that is unknown, a range that nothing satisfies, a cycle", () => {
    const dependOn = (name: string, range: string) => `\n[dependencies]\n${name} = "${range}"\n`;
    const unknown = aPackage(join(room, "d1"), manifest("d-one", "1.0.0", dependOn("frist", "^1.0.0")));
    expect(codes(run("publish", unknown, ...signed))).toEqual(["DEPENDENCY_UNKNOWN"]);
    const unsatisfied = aPackage(join(room, "d2"), manifest("d-two", "1.0.0", dependOn("first", "^7.0.0")));
    expect(codes(run("publish", unsatisfied, ...signed))).toEqual(["DEPENDENCY_UNSATISFIED"]);
    const good = aPackage(join(room, "d3"), manifest("d-three", "1.0.0", dependOn("first", "^1.0.0")));
    expect(run("publish", good, ...signed).code).toBe(0);
    const cycle = aPackage(join(room, "d4"), manifest("first", "1.1.0", dependOn("d-three", "*")));
    expect(codes(run("publish", cycle, ...signed))).toEqual(["DEPENDENCY_CYCLE"]);
  });

  test("yank, unyank and deprecate are signed statements that the next check reads", () => {
    expect(run("state", "yank", "first@1.0.0", "--reason", "wrong", ...signed).code).toBe(0);
    expect(run("state", "unyank", "first@1.0.0", ...signed).code).toBe(0);
    expect(run("state", "unyank", "first@1.0.0", ...signed).code).toBe(1);
    expect(run("state", "deprecate", "first", "--reason", "old", "--replacement", "d-three", ...signed).code).toBe(0);
    expect(run("check", "--registry", registry).code).toBe(0);
  });

  test("a rotated key: the new one publishes, the retired one publishes nothing new, its releases stand", () => {
    const second = join(room, "second.key");
    expect(run("key", "generate", "--out", second).code).toBe(0);
    const old = run("key", "show", key).json<{ fingerprint: string }>().fingerprint;
    expect(run("state", "add-key", "alice", "--new-key", second, "--replaces", old, ...signed).code).toBe(0);
    const folder = aPackage(join(room, "rotated"), manifest("rotated", "1.0.0"));
    expect(codes(run("publish", folder, ...signed))).toEqual(["PUBLISH_INACTIVE_KEY"]);
    expect(run("publish", folder, "--into", registry, "--publisher", "alice", "--key", second).code).toBe(0);
    expect(run("check", "--registry", registry).json()).toMatchObject({ ok: true, counts: { releases: 3 } });
  });

  test.skipIf(process.getuid?.() === 0)("a read-only registry: nothing is written, the reason is told", () => {
    const readOnly = join(room, "read-only");
    cpSync(registry, readOnly, { recursive: true });
    chmodSync(join(readOnly, "packages"), 0o555);
    const folder = aPackage(join(room, "ro"), manifest("ro", "1.0.0"));
    const result = run("publish", folder, "--into", readOnly, "--publisher", "alice", "--key", join(room, "second.key"));
    expect(result.code).toBe(1);
    expect(result.json<Refusal>().error.code).toBe("EACCES");
  });

  test("a registry is not a published tree, and the other way round: each is named with its remedy", () => {
    const out = join(room, "out");
    expect(run("build", "--registry", registry, "--out", out).code).toBe(0);
    expect(codes(run("check", "--registry", out))).toContain("SOURCE_IS_PUBLISHED_TREE");
    const source = run("search", "first", "--registry", registry);
    expect(source.json<Refusal>().error.code).toBe("SOURCE_NOT_PUBLISHED");
  });

  test("a release in a git checkout keeps its bytes whatever the machine's line endings", () => {
    const clone = join(room, "clone");
    const git = (...args: string[]) => spawnSync("git", ["-c", "user.name=t", "-c", "user.email=t@t", ...args], { encoding: "utf8" });
    git("init", "-q", registry);
    git("-C", registry, "add", "--force", ".");
    git("-C", registry, "commit", "-qm", "registry");
    git("-c", "core.autocrlf=true", "clone", "-q", registry, clone);
    expect(run("check", "--registry", clone).json()).toMatchObject({ ok: true });
  });
});
