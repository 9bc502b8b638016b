import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { cli, tempFolder } from "../support/cli.ts";

const DATA = resolve("../shared/data");
const hasData = existsSync(join(DATA, "ggen-packs"));
if (!hasData) console.warn("SKIPPED: ../shared/data is not there, so no real packs are imported");

interface Report {
  readonly folders: number;
  readonly taken: number;
  readonly published: number;
  readonly refused: number;
  readonly entries: readonly Entry[];
}

interface Entry {
  readonly folder: string;
  readonly outcome: string;
  readonly package?: string;
  readonly problems: readonly { readonly code: string; readonly severity: string; readonly file: string }[];
}

const room = tempFolder("import");
const home = join(room, "home");
const key = join(room, "alice.key");
const run = (...args: string[]) => cli([...args, "--json"], { home });
const signed = (registry: string) => ["--into", registry, "--publisher", "alice", "--key", key];

function newRegistry(name: string): string {
  const registry = join(room, name);
  expect(run("init", registry, "--name", name, "--iri", `https://${name}.example/`).code).toBe(0);
  return registry;
}

const codesOf = (report: Report, folder: string) =>
  report.entries.find((entry) => entry.folder === folder)?.problems.map((problem) => problem.code);
const outcomes = (report: Report) =>
  Object.fromEntries(report.entries.map((entry) => [entry.folder, entry.outcome]));

/** Every file below `folder` by its composed path; links are no files. */
function filesOf(folder: string): Map<string, Buffer> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    entries.map((entry) => [
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .normalize("NFC"),
      readFileSync(join(entry.parentPath, entry.name)),
    ]),
  );
}

/** Builds the registry, installs everything, and compares what is on disk with what was imported, but for `leftOut`. */
function expectInstalledAsImported(
  registry: string,
  from: string,
  report: Report,
  leftOut: readonly string[] = [],
): void {
  const [out, project] = [`${registry}-site`, `${registry}-project`];
  mkdirSync(project);
  expect(run("build", "--registry", registry, "--out", out).code).toBe(0);
  const taken = report.entries.filter((entry) => entry.outcome === "taken");
  const installed = run(
    "install",
    ...taken.map((entry) => entry.package ?? ""),
    "--registry",
    out,
    "--project",
    project,
  );
  expect(installed.stderr).not.toContain("error");
  expect(installed.code).toBe(0);
  for (const { folder, package: name = "" } of taken) {
    const found = filesOf(join(project, "packs", name));
    const wanted = filesOf(join(from, folder));
    for (const path of leftOut) wanted.delete(path);
    // For a package without one that the engine reads, the installer writes it.
    if (!wanted.has("pack.toml")) found.delete("pack.toml");
    expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort());
    for (const [path, bytes] of wanted)
      expect(found.get(path)?.equals(bytes), `${folder}/${path}`).toBe(true);
  }
}

function expectCloneIsGood(registry: string): string {
  const clone = `${registry}-clone`;
  const git = (...args: string[]) =>
    expect(spawnSync("git", ["-c", "user.name=t", "-c", "user.email=t@t", ...args]).status).toBe(0);
  git("init", "-q", registry);
  git("-C", registry, "add", "--force", ".");
  git("-C", registry, "commit", "-qm", "import");
  git("-c", "core.autocrlf=true", "clone", "-q", registry, clone);
  expect(run("check", "--registry", clone).json()).toMatchObject({ ok: true });
  return clone;
}

beforeAll(() => {
  expect(run("key", "generate", "--out", key).code).toBe(0);
});

test("a pack with a private key in it is refused, and what may hold a secret is told", () => {
  const from = join(room, "leaks");
  for (const name of ["leak-pack", "env-pack"]) {
    mkdirSync(join(from, name), { recursive: true });
    writeFileSync(
      join(from, name, "pack.toml"),
      `[pack]\nname = "${name}"\nversion = "1.0.0"\ndescription = "A pack"\n`,
    );
    writeFileSync(join(from, name, "ontology.ttl"), "# empty\n");
  }
  writeFileSync(join(from, "leak-pack", "notes.txt"), readFileSync(key));
  writeFileSync(join(from, "env-pack", ".env"), "TOKEN=x\n");
  const report = run("import", from, ...signed(newRegistry("leaks"))).json<
    Report & Record<string, unknown>
  >();
  expect(outcomes(report)).toEqual({ "leak-pack": "refused", "env-pack": "taken" });
  expect(codesOf(report, "leak-pack")).toContain("PUBLISH_PRIVATE_KEY");
  expect(codesOf(report, "env-pack")).toContain("PUBLISH_SECRET_NAME");
});

describe("packs as people have them", () => {
  const from = join(room, "packs");
  let registry: string;
  let report: Report;

  const put = (path: string, content: string | Uint8Array = `${path}\n`) => {
    mkdirSync(dirname(join(from, path)), { recursive: true });
    writeFileSync(join(from, path), content);
  };
  const pack = (name: string, version = "1.0.0", description = "A pack that a test made") => {
    put(
      `${name}/pack.toml`,
      `[pack]\nname = "${name}"\nversion = "${version}"\ndescription = "${description}"\n`,
    );
    put(`${name}/ontology.ttl`, `<urn:${name}> a <http://www.w3.org/2002/07/owl#Class> .\n`);
  };

  beforeAll(() => {
    pack("star-pack", "2026.07.18", "x".repeat(40_000));
    put("star-pack/templates/a.rs.tmpl", '---\nto: "src/a.rs"\n---\nfn a() {}\n');
    put("star-pack/gates/有.rq", "ASK { ?s ?p ?o }\n");
    put("star-pack/reference/製品版/lib.rs");
    put("star-pack/reference/製品版/.gitignore", "target/\n*.rs\n");
    put("star-pack/cafe\u0301.md");
    put("star-pack/.gitattributes", "* text eol=crlf\n");
    put("star-pack/crlf.txt", "a\r\nb\r\n");
    put(
      "star-pack/bytes.bin",
      Uint8Array.from({ length: 256 }, (_, i) => i),
    );
    put("star-pack/run.sh", "#!/bin/sh\n");
    chmodSync(join(from, "star-pack/run.sh"), 0o755);
    symlinkSync("pack.toml", join(from, "star-pack/link.toml"));
    put("star-pack/fixtures/broken.ttl", "<urn:a> <urn:b\n");
    put("star-pack/fixtures/pack.toml", "= = =\n");
    pack("broken-pack");
    put("broken-pack/ontology.ttl", "<urn:a> <urn:b\n");
    pack("many-pack");
    for (let i = 0; i < 3000; i++) put(`many-pack/data/${i % 50}/${i}.txt`);
    pack("large-pack");
    put("large-pack/data.bin");
    truncateSync(join(from, "large-pack/data.bin"), 70_000_000);
    put(
      "old-package/package.toml",
      '[package]\nname = "old"\nversion = "1.0.0"\ndescription = "An old package"\nlicense = "MIT/Apache-2.0"\n[package.tags]\ntags = ["Web"]\n[dependencies]\nstar-pack = "2026.7.18"\nserde = "1.0"\n',
    );
    pack("Star_Pack");
    put("no-manifest/README.md");
    put(".git/config");
    put("index.json", "{}");
    symlinkSync("star-pack", join(from, "linked-pack"));
    registry = newRegistry("whole");
    report = run("import", from, ...signed(registry)).json<Report>();
  });

  test("every folder is named with what became of it", () => {
    expect(outcomes(report)).toEqual({
      Star_Pack: "refused",
      "broken-pack": "refused",
      "large-pack": "refused",
      "linked-pack": "refused",
      "many-pack": "refused",
      "no-manifest": "refused",
      "old-package": "taken",
      "star-pack": "taken",
    });
    expect(report).toMatchObject({ folders: 8, taken: 2, published: 0, refused: 6 });
  });

  test("each refusal has its true reason", () => {
    expect(codesOf(report, "Star_Pack")).toContain("IMPORT_SAME_NAME");
    expect(codesOf(report, "broken-pack")).toEqual(["RDF_SYNTAX"]);
    expect(codesOf(report, "large-pack")).toEqual(["FOLDER_FILE_TOO_LARGE"]);
    expect(codesOf(report, "linked-pack")).toEqual(["IMPORT_LINK"]);
    expect(codesOf(report, "many-pack")).toEqual(["FOLDER_TOO_MANY_FILES"]);
    expect(codesOf(report, "no-manifest")).toEqual(["IMPORT_NO_MANIFEST"]);
  });

  test("what was changed or left out of a pack that is taken is told", () => {
    expect(codesOf(report, "star-pack")?.sort()).toEqual([
      "FOLDER_BAD_PATH",
      "FOLDER_EXECUTABLE",
      "FOLDER_NAME_NORMALISED",
      "FOLDER_NOT_A_FILE",
      "IMPORT_DESCRIPTION_CUT",
      "IMPORT_VERSION_MENDED",
      "RDF_SYNTAX",
    ]);
    expect(readFileSync(join(registry, "packages/old-package/1.0.0/package.toml"), "utf8")).toContain(
      'license = "MIT OR Apache-2.0"\nkeywords = ["web"]\n\n[dependencies]\nstar-pack = "^2026.7.18"\n',
    );
  });

  test("what installs is what was imported, byte for byte", () => {
    expectInstalledAsImported(registry, from, report, [".gitattributes"]);
  });

  test("a clone of it is good, and importing there again changes nothing", () => {
    const clone = expectCloneIsGood(registry);
    expect(run("import", from, ...signed(clone)).json<Report>()).toMatchObject({
      taken: 0,
      published: 2,
      refused: 6,
    });
    expect(spawnSync("git", ["-C", clone, "status", "--porcelain"], { encoding: "utf8" }).stdout).toBe("");
  });

  test("a dry run writes nothing; where all are refused the exit code says so", () => {
    const untouched = newRegistry("untouched");
    expect(run("import", from, ...signed(untouched), "--dry-run").json<Report>()).toMatchObject({
      taken: 2,
      dryRun: true,
    });
    expect(readdirSync(untouched).sort()).toEqual([".gitattributes", "registry.toml"]);
    const refused = run("import", join(from, "broken-pack"), ...signed(untouched));
    expect(refused.code).toBe(1);
    expect(refused.json<Report>()).toMatchObject({ taken: 0, refused: 1 });
  });

  test("the report as text names each folder, its reasons, and what to do next", () => {
    const text = cli(["import", from, ...signed(newRegistry("text"))], { home }).stdout;
    expect(text).toContain("taken    star-pack 2026.7.18\n");
    expect(text).toMatch(/refused {2}broken-pack 1\.0\.0\n +ontology\.ttl:1: cannot read the RDF: .*\n +→ /);
    expect(text).toContain("8 folders: 2 taken, 0 published already, 6 refused\nNext: put the new files");
  });
});

describe("where there is nothing to import", () => {
  test("no folder, no folders in it, a file", () => {
    const registry = newRegistry("nothing");
    const empty = join(room, "empty");
    mkdirSync(empty);
    const code = (path: string) =>
      run("import", path, ...signed(registry)).json<{ error: { code: string } }>().error.code;
    expect(code(join(room, "nowhere"))).toBe("ENOENT");
    expect(code(empty)).toBe("IMPORT_EMPTY");
    expect(code(key)).toBe("ENOTDIR");
  });
});

describe.skipIf(!hasData)("the real data (skipped where ../shared/data is missing)", () => {
  test("96 packs of August 2026: all are taken, build, install as they were", () => {
    const registry = newRegistry("august");
    const from = join(DATA, "ggen-packs");
    const report = run("import", from, ...signed(registry)).json<Report>();
    expect(report).toMatchObject({ folders: 96, taken: 96, refused: 0 });
    expectInstalledAsImported(registry, from, report);
    expectCloneIsGood(registry);
    expect(
      run("search", "ontology", "--registry", `${registry}-site`).json<{ total: number }>().total,
    ).toBeGreaterThan(10);
    expect(run("show", "castle-pack", "--registry", `${registry}-site`).code).toBe(0);
  });

  test("the packages of November 2025: 60 are taken, the others refused for what they are", () => {
    const registry = newRegistry("november");
    const from = join(DATA, "ggen-v1/november-2025/packages");
    const report = run("import", from, ...signed(registry)).json<Report>();
    expect(report.taken).toBe(60);
    const reasons = report.entries
      .filter((entry) => entry.outcome === "refused")
      .map((entry) => entry.problems[0]?.code);
    const count = (code: string) => reasons.filter((reason) => reason === code).length;
    expect([count("IMPORT_SYNTAX"), count("IMPORT_TOML_VERSION")]).toEqual([5, 1]);
    expect(count("IMPORT_NO_MANIFEST")).toBe(report.refused - 6);
    expectInstalledAsImported(registry, from, report);
    const edges = ["agent-context-crafter", "agent-reasoning-mcp", "sector-rust-microservice-8020"];
    for (const name of edges)
      expect(readFileSync(join(registry, `packages/${name}/1.0.0/package.toml`), "utf8")).toContain(
        "[dependencies]\n",
      );
  });
});
