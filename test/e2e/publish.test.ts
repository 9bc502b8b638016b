import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type CliResult, cli, type Refusal, tempFolder } from "../support/cli.ts";

const IRI = "https://packages.example/";

function codes(result: CliResult): string[] {
  return result.json<Refusal>().error.problems.map((problem) => problem.code);
}

function aPackage(
  folder: string,
  manifest: string,
  files: Record<string, string> = { "README.md": "# A package\n" },
): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.toml"), manifest);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** Folders that a publication is prepared in. */
function leftovers(registry: string): string[] {
  return readdirSync(registry).filter((name) => name.startsWith(".ggen-marketplace-"));
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
    expect(result.json()).toMatchObject({
      package: "first",
      version: "1.0.0",
      registered: true,
      claimed: ["first"],
    });
    expect(readdirSync(join(registry, "packages/first/1.0.0")).sort()).toEqual([
      "SHA256SUMS",
      "SHA256SUMS.sig",
      "content",
      "package.toml",
    ]);
    expect(run("check", "--registry", registry).json()).toMatchObject({
      ok: true,
      counts: { packages: 1, releases: 1 },
    });
  });

  test("publish never overwrites a release", () => {
    const before = readFileSync(join(registry, "packages/first/1.0.0/SHA256SUMS"));
    const folder = aPackage(join(room, "again"), manifest("first", "1.0.0"), {
      "README.md": "# Other bytes\n",
    });
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

  test("all problems of a package are told at once, by the names its owner knows, and nothing is written", () => {
    const folder = aPackage(join(room, "broken"), manifest("broken", "1.0", "licence = 'MIT'\n"), {
      "ontology.ttl": "<a> <b> .\n",
      "gates/one.rq": "ASK { ?s ?p }\n",
      "templates/x.tmpl": '---\nto: "out"\nto: "other"\n---\n',
    });
    symlinkSync("ontology.ttl", join(folder, "link.ttl"));
    const first = run("publish", folder, ...signed);
    expect(first.code).toBe(1);
    expect(codes(first)).toEqual(
      expect.arrayContaining(["MANIFEST_VERSION", "MANIFEST_UNKNOWN_KEY", "RDF_SYNTAX", "FOLDER_NOT_A_FILE"]),
    );
    rmSync(join(folder, "link.ttl"));
    writeFileSync(join(folder, "package.toml"), manifest("broken", "1.0.0"));
    const second = run("publish", folder, ...signed)
      .json<Refusal>()
      .error.problems.map((problem) => problem.file);
    expect(second).toEqual(
      expect.arrayContaining(
        ["ontology.ttl", "gates/one.rq", "templates/x.tmpl"].map((path) => join(folder, path)),
      ),
    );
    expect(existsSync(join(registry, "packages/broken"))).toBe(false);
    expect(leftovers(registry)).toEqual([]);
  });

  test("the key that signs is never published, nor is another private key", () => {
    const folder = aPackage(join(room, "leak"), manifest("leak", "1.0.0"));
    cpSync(key, join(folder, "alice.key"));
    expect(
      codes(
        run(
          "publish",
          folder,
          "--into",
          registry,
          "--publisher",
          "alice",
          "--key",
          join(folder, "alice.key"),
        ),
      ),
    ).toContain("PUBLISH_SIGNING_KEY");
    expect(codes(run("publish", folder, ...signed))).toContain("PUBLISH_PRIVATE_KEY");
    expect(existsSync(join(registry, "packages/leak"))).toBe(false);
  });

  test("with a content folder only what is in it is published, and the rest is named", () => {
    const folder = aPackage(join(room, "inner"), manifest("inner", "1.0.0"), {
      "content/README.md": "# In\n",
      "notes.txt": "out\n",
    });
    const result = run("publish", folder, ...signed, "--dry-run").json<{
      files: string[];
      warnings: { code: string; message: string }[];
    }>();
    expect(result.files).toContain("packages/inner/1.0.0/content/README.md");
    expect(result.warnings.find((problem) => problem.code === "PUBLISH_BESIDE_CONTENT")?.message).toContain(
      "notes.txt",
    );
  });

  test("a folder that is not there, has no manifest, is a pack, has nothing in it", () => {
    expect(run("publish", join(room, "nowhere"), ...signed).json<Refusal>().error.code).toBe("NOT_FOUND");
    const empty = join(room, "empty");
    mkdirSync(empty);
    expect(codes(run("publish", empty, ...signed))).toContain("PUBLISH_NO_MANIFEST");
    writeFileSync(join(empty, "package.toml"), manifest("empty", "1.0.0"));
    expect(codes(run("publish", empty, ...signed))).toEqual(["PUBLISH_NO_CONTENT"]);
    const pack = join(room, "pack");
    mkdirSync(pack);
    writeFileSync(join(pack, "pack.toml"), '[pack]\nname = "pack"\n');
    expect(
      run("publish", pack, ...signed).json<{ error: { problems: { remedy: string }[] } }>().error.problems[0]
        ?.remedy,
    ).toContain("import");
  });

  test("package.toml of another publisher", () => {
    const folder = aPackage(join(room, "bobs"), manifest("bobs", "1.0.0").replace("alice", "bob"));
    expect(codes(run("publish", folder, ...signed))).toEqual(["PUBLISH_OTHER_PUBLISHER"]);
  });

  test("a dependency that is unknown, a range that nothing satisfies, a cycle", () => {
    const dependOn = (name: string, range: string) => `\n[dependencies]\n${name} = "${range}"\n`;
    const unknown = aPackage(join(room, "d1"), manifest("d-one", "1.0.0", dependOn("frist", "^1.0.0")));
    const refused = run("publish", unknown, ...signed);
    expect(codes(refused)).toEqual(["DEPENDENCY_UNKNOWN"]);
    expect(refused.stdout).toContain('did you mean \\"first\\"');
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
    const again = cli(["state", "unyank", "first@1.0.0", ...signed], { home });
    expect([again.code, again.stdout]).toEqual([0, "first@1.0.0 is not yanked: nothing to do.\n"]);
    expect(
      run("state", "deprecate", "first@<2.0.0", "--reason", "old", "--replacement", "d-three", ...signed)
        .code,
    ).toBe(0);
    expect(readFileSync(join(registry, "packages/first/statements/0004.toml"), "utf8")).toContain(
      'versions = "<2.0.0"',
    );
    expect(run("check", "--registry", registry).code).toBe(0);
  });

  test("statements about nothing that is there are refused with the reason", () => {
    expect(run("state", "yank", "first", "--reason", "x", ...signed).code).toBe(2);
    expect(run("state", "frobnicate", "first", ...signed).code).toBe(2);
    expect(codes(run("state", "yank", "first@9.9.9", "--reason", "x", ...signed))).toContain(
      "VERSION_UNKNOWN",
    );
    expect(run("state", "yank", "nothing@1.0.0", "--reason", "x", ...signed).json<Refusal>().error.code).toBe(
      "UNKNOWN_SUBJECT",
    );
    const revoke = [
      "state",
      "revoke-key",
      "alice",
      `SHA256:${"A".repeat(43)}`,
      "--valid",
      "all",
      "--reason",
      "lost",
    ];
    expect(run(...revoke, ...signed).json<Refusal>().error.code).toBe("UNKNOWN_KEY");
  });

  test("yanking twice says that there is nothing to do, and signs nothing", () => {
    const folder = aPackage(join(room, "twice"), manifest("twice", "1.0.0"));
    expect(run("publish", folder, ...signed).code).toBe(0);
    expect(run("state", "yank", "twice@1.0.0", "--reason", "wrong", ...signed).code).toBe(0);
    const statements = readdirSync(join(registry, "packages/twice/statements"));
    const again = cli(["state", "yank", "twice@1.0.0", "--reason", "wrong", ...signed], { home });
    expect([again.code, again.stdout, again.stderr]).toEqual([
      0,
      "twice@1.0.0 is already yanked (wrong): nothing to do.\n",
      "",
    ]);
    expect(readdirSync(join(registry, "packages/twice/statements"))).toEqual(statements);
  });

  test("options are judged before anything else, and the message names the option alone", () => {
    const wrong = cli(["state", "add-key", "alice", "--new-key", key, "--replaces", "SHA256:x", ...signed], {
      home,
    });
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      'error: --replaces is a fingerprint, SHA256: and 43 letters or digits, got "SHA256:x"\nhint: `key show FILE` prints the fingerprint of a key\n',
    ]);
    const unknown = ["--replaces", `SHA256:${"A".repeat(43)}`];
    const other = join(room, "other.key");
    expect(run("key", "generate", "--out", other).code).toBe(0);
    expect(
      run("state", "add-key", "alice", "--new-key", other, ...unknown, ...signed).json<Refusal>().error.code,
    ).toBe("UNKNOWN_KEY");
    const nowhere = ["--into", join(room, "nowhere"), ...signed.slice(2)];
    expect(run("state", "yank", "first", "--reason", "x", ...nowhere).code).toBe(2);
    expect(cli(["state", "ynak", "first", ...signed], { home }).stderr).toContain('did you mean "yank"?');
  });

  test("what a consumer will be told that it may do is told to the publisher first", () => {
    const folder = aPackage(join(room, "shell"), manifest("shell-user", "1.0.0"), {
      "README.md": "# x\n",
      "templates/a.tmpl": '---\nto: "out.txt"\nsh_after: "echo done"\n---\nbody\n',
    });
    const out = join(room, "out-may");
    const lines = (text: string) => /^ *may do +(.*)$/m.exec(text)?.[1];
    const dry = cli(["publish", folder, ...signed, "--dry-run"], { home }).stdout;
    const published = cli(["publish", folder, ...signed], { home }).stdout;
    expect(cli(["build", "--registry", registry, "--out", out], { home }).code).toBe(0);
    const shown = cli(["show", "shell-user", "--registry", out], { home }).stdout;
    expect(lines(shown)).toContain("echo done");
    expect([lines(dry), lines(published)]).toEqual([lines(shown), lines(shown)]);
    // There is no git here yet.
    expect(published).not.toContain("git -C");
  });

  test("what git has of other files is not told of a statement that is refused", () => {
    const folder = join(room, "in-git");
    cpSync(registry, folder, { recursive: true });
    const git = (...args: string[]) =>
      spawnSync("git", ["-C", folder, "-c", "user.name=t", "-c", "user.email=t@t", ...args]);
    git("init", "-q");
    git("add", "--force", "registry.toml");
    git("commit", "-qm", "registry");
    const into = ["--into", folder, ...signed.slice(2)];
    expect(codes(run("state", "yank", "first@9.9.9", "--reason", "x", ...into))).toEqual(["VERSION_UNKNOWN"]);
  });

  test("a rotated key: the new one publishes, the retired one publishes nothing new, its releases stand", () => {
    const second = join(room, "second.key");
    expect(run("key", "generate", "--out", second).code).toBe(0);
    const old = run("key", "show", key).json<{ fingerprint: string }>().fingerprint;
    expect(run("state", "add-key", "alice", "--new-key", second, "--replaces", old, ...signed).code).toBe(0);
    const folder = aPackage(join(room, "rotated"), manifest("rotated", "1.0.0"));
    expect(codes(run("publish", folder, ...signed))).toEqual(["PUBLISH_INACTIVE_KEY"]);
    const yank = run("state", "yank", "first@1.0.0", "--reason", "late", ...signed);
    expect(yank.json<Refusal>().error.code).toBe("PUBLISH_INACTIVE_KEY");
    expect(run("publish", folder, "--into", registry, "--publisher", "alice", "--key", second).code).toBe(0);
    expect(run("check", "--registry", registry).json()).toMatchObject({ ok: true, counts: { releases: 5 } });
  });

  test.skipIf(process.getuid?.() === 0)(
    "a read-only registry: nothing is written, the reason is told",
    () => {
      const readOnly = join(room, "read-only");
      cpSync(registry, readOnly, { recursive: true });
      chmodSync(join(readOnly, "packages"), 0o555);
      const folder = aPackage(join(room, "ro"), manifest("ro", "1.0.0"));
      const result = run(
        "publish",
        folder,
        "--into",
        readOnly,
        "--publisher",
        "alice",
        "--key",
        join(room, "second.key"),
      );
      expect(result.code).toBe(1);
      expect(result.json<Refusal>().error.code).toBe("EACCES");
    },
  );

  test("a registry is not a published tree, and the other way round: each is named with its remedy", () => {
    const out = join(room, "out");
    expect(run("build", "--registry", registry, "--out", out).code).toBe(0);
    expect(codes(run("check", "--registry", out))).toContain("SOURCE_IS_PUBLISHED_TREE");
    const source = run("search", "first", "--registry", registry);
    expect(source.json<Refusal>().error.code).toBe("SOURCE_NOT_PUBLISHED");
  });

  test("a release in a git checkout keeps its bytes whatever the machine's line endings", () => {
    const clone = join(room, "clone");
    const git = (...args: string[]) =>
      spawnSync("git", ["-c", "user.name=t", "-c", "user.email=t@t", ...args], { encoding: "utf8" });
    git("init", "-q", registry);
    git("-C", registry, "add", "--force", ".");
    git("-C", registry, "commit", "-qm", "registry");
    git("-c", "core.autocrlf=true", "clone", "-q", registry, clone);
    expect(run("check", "--registry", clone).json()).toMatchObject({ ok: true });
  });
});
