/** What the packages say that they write (`examples/expected/`), judged by the tools of each language. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import type { PackageName } from "../../src/manifest/name.ts";
import { tempFolder } from "../support/cli.ts";
import { filesIn, RELEASES, releaseOf, type ShippedRelease } from "./the-registry.ts";
import { typeScriptFaults } from "./typescript-faults.ts";

const EXPECTED = "examples/expected/";

/** Path in the consumer's project → text, of the files that end in `ending`. */
function written(release: ShippedRelease, ending: string): Map<string, string> {
  const paths = filesIn(release, "examples/expected", ending);
  return new Map(paths.map((path) => [path.slice(EXPECTED.length), release.text(path)]));
}

function writing(ending: string) {
  return RELEASES.filter((release) => written(release, ending).size > 0).map(
    (release) => [release.id, release] as const,
  );
}

/** What stands in the project when the release's TypeScript is compiled: its outputs, those it builds on, its example. */
function projectOf(release: ShippedRelease): Map<string, string> {
  const project = written(release, ".ts");
  if (release.manifest.dependencies.has("owl-to-typescript" as PackageName))
    for (const [path, text] of written(releaseOf("owl-to-typescript@2.0.0"), ".ts")) project.set(path, text);
  if (release.paths.includes("examples/usage.ts")) project.set("usage.ts", release.text("examples/usage.ts"));
  return project;
}

test("every release that has templates shows what they write", () => {
  const silent = RELEASES.filter((release) => filesIn(release, "examples/expected", "").length === 0);
  expect(silent.map(({ id }) => id)).toEqual([]);
});

describe("TypeScript", () => {
  test.each(writing(".ts"))("%s compiles, strictly", (_, release) => {
    expect(typeScriptFaults(projectOf(release))).toEqual([]);
  });

  test("and a fault would be found", () => {
    expect(typeScriptFaults(new Map([["a.ts", "export const a: string = 1;\n"]]))).toHaveLength(1);
  });

  test.skipIf(!process.features.typescript)("the guards' example prints what the README says", () => {
    const release = releaseOf("shacl-to-typescript-guards@1.0.0");
    const folder = tempFolder("guards");
    for (const [path, text] of projectOf(release)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const { stdout } = spawnSync(process.execPath, [join(folder, "usage.ts")], { encoding: "utf8" });
    expect(stdout).toMatch(/^2026-0001: 1 line/);
    expect(release.text("README.md")).toContain(`\`\`\`text\n${stdout}\`\`\``);
  });
});

type Json = { readonly [key: string]: Json } & Json[] & string;

/** Every `$ref` in `value`, however deep. */
function refsIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => (key === "$ref" ? [String(each)] : refsIn(each)));
}

describe("JSON Schema", () => {
  const release = releaseOf("shacl-to-json-schema@1.0.0");
  const schemas = written(release, ".schema.json");

  test.each([...schemas])(
    "%s is 2020-12, says its own name, requires what it has, refers to what is there",
    (path, text) => {
      const schema = JSON.parse(text) as Json;
      const name = path.replace("generated/schemas/", "");
      expect([schema.$schema, schema.$id]).toEqual(["https://json-schema.org/draft/2020-12/schema", name]);
      const properties = Object.keys(schema.properties ?? {});
      expect((schema.required ?? []).filter((key: string) => !properties.includes(key))).toEqual([]);
      expect(refsIn(schema).filter((ref) => !schemas.has(`generated/schemas/${ref}`))).toEqual([]);
    },
  );

  test("the examples have the top-level properties that the schema asks for, or lack them as the README says", () => {
    const order = JSON.parse(schemas.get("generated/schemas/Order.schema.json") ?? "") as Json;
    const faults = (file: string) => {
      const keys = Object.keys(JSON.parse(release.text(`examples/${file}`)));
      const missing = (order.required ?? []).filter((key: string) => !keys.includes(key));
      return [missing, keys.filter((key) => !Object.hasOwn(order.properties ?? {}, key))];
    };
    expect([faults("good.Order.json"), faults("bad.Order.json")]).toEqual([
      [[], []],
      [["orderedAt"], ["colour"]],
    ]);
  });
});

test("OpenAPI: every reference leads somewhere, every operation has its own id and an answer", () => {
  const [text = ""] = written(releaseOf("openapi-from-shacl@1.0.0"), "openapi.json").values();
  const api = JSON.parse(text) as Json;
  expect(api.openapi).toMatch(/^3\.1\.\d+$/);
  const schemas = written(releaseOf("shacl-to-json-schema@1.0.0"), ".schema.json");
  const resolves = (ref: string) =>
    ref.startsWith("#/")
      ? ref
          .slice(2)
          .split("/")
          .reduce<Json | undefined>((value, key) => value?.[key], api) !== undefined
      : schemas.has(`generated/${ref}`);
  expect(refsIn(api).filter((ref) => !resolves(ref))).toEqual([]);
  const operations = Object.values(api.paths ?? {}).flatMap((path) =>
    Object.entries(path).flatMap(([verb, operation]) => (verb === "parameters" ? [] : [operation as Json])),
  );
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  expect(operations.filter(({ responses }) => Object.keys(responses ?? {}).length === 0)).toEqual([]);
});

describe("SQL", async () => {
  const sqlite = await import("node:sqlite").catch(() => undefined);
  if (sqlite === undefined) console.warn("SKIPPED: this Node has no node:sqlite");
  const schemaOf = (id: string) => written(releaseOf(id), "schema.sql").get("generated/schema.sql") ?? "";
  const sample = releaseOf("owl-to-sql@1.0.1").text("examples/sample-data.sql");
  const insertInto = (schema: string) => {
    if (sqlite === undefined) return undefined;
    const database = new sqlite.DatabaseSync(":memory:");
    database.exec(schema);
    database.exec(sample);
    return database.prepare("PRAGMA foreign_key_check").all();
  };

  test.skipIf(sqlite === undefined)(
    "1.0.1's schema takes the sample rows with every foreign key in place",
    () => {
      expect(insertInto(schemaOf("owl-to-sql@1.0.1"))).toEqual([]);
    },
  );

  test.skipIf(sqlite === undefined)("1.0.0's schema refuses them, which is why it was yanked", () => {
    expect(() => insertInto(schemaOf("owl-to-sql@1.0.0"))).toThrow("no such table: main.book_item");
  });
});

test("GraphQL: braces close, and every type that is used is defined", () => {
  const [text = ""] = written(releaseOf("owl-to-graphql@1.0.0"), ".graphql").values();
  const code = text.replace(/^\s*(?:#|").*$/gm, "");
  expect(code.split("{").length).toBe(code.split("}").length);
  const defined = new Set([
    ..."String Int Float Boolean ID".split(" "),
    ...names(code, /^(?:type|interface|scalar) (\w+)/gm),
  ]);
  const used = [...names(code, /: \[?(\w+)/g), ...names(code, /implements (\w+)/g)];
  expect(used.filter((name) => !defined.has(name))).toEqual([]);
});

function names(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, name = ""]) => name);
}

/** A compiler that is there and set up: a bare rustup answers to its name and compiles nothing. */
const canCompileRust = spawnSync("rustc", ["--version"]).status === 0;
if (!canCompileRust) console.warn("SKIPPED: no working rustc");

test.skipIf(!canCompileRust)("Rust compiles without a warning", () => {
  const folder = tempFolder("rust");
  const [text = ""] = written(releaseOf("owl-to-rust@1.0.0"), ".rs").values();
  writeFileSync(join(folder, "model.rs"), text);
  const flags = ["--edition", "2021", "--crate-type", "lib", "--emit", "metadata", "-D", "warnings"];
  const { stderr } = spawnSync("rustc", [...flags, "--out-dir", folder, join(folder, "model.rs")], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
});

test.each(writing(".md"))(
  "Markdown of %s: every row of a table has as many cells as its head",
  (_, release) => {
    for (const text of written(release, ".md").values()) {
      const tables = text
        .split("\n\n")
        .map((block) => block.split("\n").filter((line) => line.startsWith("|")));
      for (const [head = "", ...rows] of tables)
        expect(rows.filter((row) => cells(row) !== cells(head))).toEqual([]);
    }
  },
);

function cells(row: string): number {
  return row.split(/(?<!\\)\|/).length;
}
