import fc from "fast-check";
import { parse } from "smol-toml";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { PROBLEMS_MAX } from "../../src/manifest/problem-list.ts";
import { parseToml } from "../../src/manifest/toml.ts";
import { PLAIN_TOML, TOML_DEPTH_MAX, TOML_KEY_CHARS_MAX } from "../../src/manifest/toml-document.ts";
import { scanToml } from "../../src/manifest/toml-source.ts";
import { tomlString } from "../../src/manifest/toml-text.ts";
import { accepted, codesOf, problemOf } from "./problems.ts";

const anything = v.looseObject({});
const read = (text: string | Uint8Array, schema: v.GenericSchema = anything) =>
  parseToml(typeof text === "string" ? utf8(text) : text, "a.toml", schema);

describe("bytes of a TOML file", () => {
  test("a byte order mark is refused, and the rest is read all the same", () => {
    const result = read("\ufeffa = 1\nb = 2\n", v.strictObject({ a: v.string() }));
    expect(codesOf(result)).toEqual(["TOML_BOM", "TOML_UNKNOWN_KEY", "TOML_WRONG_TYPE"]);
    expect(problemOf(result, "TOML_UNKNOWN_KEY").line).toBe(2);
  });

  test("bytes that are not UTF-8 are refused with their line", () => {
    const result = read(new Uint8Array([...utf8('a = "b"\nc = "'), 0xff, ...utf8('"\n')]));
    expect(problemOf(result, "TOML_NOT_UTF8")).toMatchObject({ line: 2, file: "a.toml" });
    expect(codesOf(read(new Uint8Array([0xff, 0xfe, 0x61, 0])))).toEqual(["TOML_NOT_UTF8"]);
  });

  test("a file is at most bytesMax bytes", () => {
    const longest = `a = "${"x".repeat(PLAIN_TOML.bytesMax - 6)}"`;
    expect(read(longest).ok).toBe(true);
    expect(codesOf(read(`${longest}\n`))).toEqual(["TOML_TOO_LARGE"]);
  });

  test("a key is at most TOML_KEY_CHARS_MAX characters", () => {
    expect(read(`${"k".repeat(TOML_KEY_CHARS_MAX)} = 1`).ok).toBe(true);
    for (const text of [
      `${"k".repeat(TOML_KEY_CHARS_MAX + 1)} = 1`,
      `a = [{ "${"k".repeat(5_000)}" = 1 }]`,
    ]) {
      expect(codesOf(read(text))).toEqual(["TOML_KEY_TOO_LONG"]);
    }
  });

  test("lists, inline tables and dotted keys are at most TOML_DEPTH_MAX deep", () => {
    const list = (depth: number) => `a = ${"[".repeat(depth)}${"]".repeat(depth)}`;
    const dotted = (depth: number) => `${Array(depth).fill("a").join(".")} = 1`;
    expect(read(list(TOML_DEPTH_MAX - 1)).ok).toBe(true);
    expect(read(dotted(TOML_DEPTH_MAX)).ok).toBe(true);
    for (const text of [list(TOML_DEPTH_MAX), list(20_000), dotted(TOML_DEPTH_MAX + 1), dotted(30_000)]) {
      expect(codesOf(read(text))).toEqual(["TOML_TOO_DEEP"]);
    }
    expect(codesOf(read(`[${Array(20_000).fill("a").join(".")}]`))).toEqual(["TOML_TOO_DEEP"]);
  });
});

describe("TOML 1.0", () => {
  test.each([
    ["an open string", 'a = "x\n', 1, 7],
    ["no value", "a =\n", 1, 4],
    ["a list in YAML's way", '[features]\n- "x"\n', 2, 3],
    ["a key twice", "a = 1\nb = 2\na = 3\n", 3, 1],
    ["a table twice", "[a]\n[b]\n[a]\n", 3, 2],
    ["two values on a line", "a = 1 b = 2\n", 1, 7],
    ["a bare word", "a = hello\n", 1, 5],
    ["a leading zero", "a = 01\n", 1, 5],
    ["an integer beyond 2^53", "a = 9007199254740993\n", 1, 5],
    ["a control character", 'a = "\u0001"\n', 1, 6],
    ["a carriage return alone", "a = 1\rb = 2\n", 1, 6],
    ["a bad escape", 'a = "\\q"\n', 1, 7],
  ])("%s is refused with line and column", (_, text, line, column) => {
    const problem = problemOf(read(text), "TOML_SYNTAX");
    expect(problem.line).toBe(line);
    expect(problem.message).toContain(`line ${line}, column ${column} is not TOML`);
  });

  test.each(["2026-02-30", "2025-02-29T00:00:00Z", "2026-04-31", "[2026-11-31]"])(
    "the day %s is refused",
    (date) => {
      expect(problemOf(read(`x = 1\na = ${date}\n`), "TOML_SYNTAX")).toMatchObject({
        line: 2,
        remedy: "write a date that exists",
      });
      expect(read('a = "2026-02-30"\nb = 2024-02-29\n').ok).toBe(true);
    },
  );

  test("mistakes people make have their own remedy", () => {
    expect(problemOf(read('[features]\n- "x"\n'), "TOML_SYNTAX").remedy).toContain('key = ["…", "…"]');
    expect(problemOf(read("a = 1\na = 2\n"), "TOML_SYNTAX").remedy).toContain("remove one");
  });

  test.each([
    ["an inline table over lines", "a = {\n  b = 1\n}\n", 1],
    ["a comment in an inline table", "x = 1\na = { b = 1 # c\n}\n", 2],
    ["a comma at the end of an inline table", "x = 1\na = { b = 1, }\n", 2],
    ["the escape \\e", 'x = 1\n\na = "\\e[0m"\n', 3],
    ["the escape \\x", 'a = ["\\x41"]\n', 1],
    ["a time without seconds", "a = 07:32\n", 1],
    ["a date-time without seconds", "a = 1979-05-27T07:32Z\n", 1],
    ["a date and a time without seconds", "a = 1979-05-27 07:32\n", 1],
    ["a time without seconds in a list", "a = [07:32]\n", 1],
  ])("%s is TOML 1.1 and refused", (_, text, line) => {
    expect(parse(text)).toBeDefined();
    const result = read(text);
    expect(codesOf(result)).toEqual(["TOML_TOML_VERSION"]);
    expect(problemOf(result, "TOML_TOML_VERSION").line).toBe(line);
  });

  test.each([
    "a = { b = 1, c = [1, 2,] }\n",
    "a = { b = [\n1,\n2 ] }\n".replace(/\n(?!$)/g, " "),
    'a = "{\\n}" # {\n',
    'a = """\n{ b = 1,\n}"""\n',
    "a = '\\e'\n",
    "a = '''\\x'''\n",
    'a = "\\\\e"\n',
    "a = 07:32:00\nb = 1979-05-27 07:32:00.5-07:00\n# 07:32\n",
    'a = "at 07:32"\n',
    'a = """""four quotes"""""\n{}'.replace("\n{}", "\n"),
  ])("%j is TOML 1.0", (text) => {
    expect(accepted(read(text))).toBeDefined();
  });
});

describe("places", () => {
  test("every key of a document has its line", () => {
    const source = scanToml(
      [
        "# {comment}", // 1
        "a = 1",
        'b.c = """',
        "x = 1",
        '"""', // 5
        '"quo ted" . d = [1,',
        "  2, # two",
        "  { e = 'f' }]",
        "[t.u]",
        "g = {h = {i = 1}, j = 2}", // 10
        "[[list]]",
        "k = 1",
        "[list.sub]",
        "l = 1",
        "[[list]]", // 15
        "k = 2\r",
        '"\\u0061\\"" = 3',
      ].join("\n"),
    );
    expect(source.lineOf(["a"])).toBe(2);
    expect(source.lineOf(["b", "c"])).toBe(3);
    expect(source.lineOf(["quo ted", "d"])).toBe(6);
    expect(source.lineOf(["quo ted", "d", 0])).toBe(6);
    expect(source.lineOf(["quo ted", "d", 1])).toBe(7);
    expect(source.lineOf(["quo ted", "d", 2, "e"])).toBe(8);
    expect(source.lineOf(["t"])).toBe(9);
    expect(source.lineOf(["t", "u", "g", "h", "i"])).toBe(10);
    expect(source.lineOf(["list", 0, "k"])).toBe(12);
    expect(source.lineOf(["list", 0, "sub", "l"])).toBe(14);
    expect(source.lineOf(["list", 1, "k"])).toBe(16);
    expect(source.lineOf(["list", 1, 'a"'])).toBe(17);
    expect(source.lineOf(["list", 1, "missing"])).toBe(15);
    expect(source.lineOf(["nowhere"])).toBeUndefined();
  });

  const key = fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9_-]{1,4}$/),
    fc.string({ unit: "binary", maxLength: 4 }),
  );
  const scalar = fc.oneof(
    fc.string({ unit: "binary", maxLength: 12 }).map(tomlString),
    fc.constantFrom(
      "1",
      "true",
      "1.5",
      "2026-01-31",
      "07:32:00",
      "'lit #{['",
      '"""\nx = 1\n"""',
      "'''\n[a]\n'''",
    ),
  );
  const value = fc.oneof(
    scalar,
    fc.array(scalar, { maxLength: 3 }).map((items) => `[\n${items.map((item) => `${item},\n`).join("")}]`),
  );

  test("property: the line of each key is where it was written", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(key, { maxLength: 6 }),
        fc.array(value, { minLength: 6, maxLength: 6 }),
        (keys, values) => {
          let text = "";
          const lines = new Map<string, number>();
          for (const [index, name] of keys.entries()) {
            lines.set(name, text.split("\n").length);
            text += `${tomlString(name)} = ${values[index]}\n`;
          }
          expect(Object.keys(parse(text)).sort()).toEqual([...keys].sort());
          const source = scanToml(text);
          for (const [name, line] of lines) expect(source.lineOf([name])).toBe(line);
          expect(source.faults).toEqual([]);
        },
      ),
    );
  });
});

describe("schemas", () => {
  const schema = v.strictObject({
    title: v.string(),
    count: v.optional(v.number()),
    tags: v.optional(v.array(v.string())),
    inner: v.optional(v.strictObject({ color: v.string() })),
    mode: v.optional(v.picklist(["fast", "slow"])),
  });

  test("every unknown key is found, in the order of the file, with the nearest known one", () => {
    const result = read(
      'titl = "x"\ntitle = "x"\ncolor = "red"\n[inner]\ncolor = "x"\ncolour = "y"\nconstructor = 1\n__proto__ = 2\n',
      schema,
    );
    expect(result.ok ? [] : result.problems.map((p) => [p.place, p.line, p.remedy])).toEqual([
      ["titl", 1, 'write "title" instead'],
      ["color", 3, "move it to the table [inner]"],
      ["inner.colour", 6, 'write "color" instead'],
      ["inner.constructor", 7, "remove it"],
      ["inner.__proto__", 8, "remove it"],
    ]);
  });

  test("a wrong type says what was expected and found", () => {
    const result = read('title = 3\ncount = "x"\ntags = ["a", 1, {}]\ninner = []\n', schema);
    expect(
      result.ok ? [] : result.problems.map((p) => [p.code, p.place, p.line, p.expected, p.found]),
    ).toEqual([
      ["TOML_WRONG_TYPE", "title", 1, "a string", "3"],
      ["TOML_WRONG_TYPE", "count", 2, "a number", '"x"'],
      ["TOML_WRONG_TYPE", "tags[1]", 3, "a string", "1"],
      ["TOML_WRONG_TYPE", "tags[2]", 3, "a string", "a table"],
      ["TOML_WRONG_TYPE", "inner", 4, "a table", "a list"],
    ]);
  });

  test("a date is no table", () => {
    expect(problemOf(read('title = "x"\ninner = 2026-01-31\n', schema), "TOML_WRONG_TYPE")).toMatchObject({
      place: "inner",
      found: "2026-01-31",
    });
  });

  test("a value outside a list of words names the nearest", () => {
    expect(problemOf(read('title = "x"\nmode = "Fasst"\n', schema), "TOML_NOT_IN_LIST").remedy).toBe(
      'write "fast"',
    );
  });

  test("what strangers wrote is shown bounded and with nothing invisible", () => {
    const found =
      problemOf(
        read(`title = "x"\ncount = "\\u001b[2J\\u202e${"y".repeat(500)}"\n`, schema),
        "TOML_WRONG_TYPE",
      ).found ?? "";
    expect(found).toMatch(/^"\\x1b\[2J\\u\{202e\}y+…"$/);
    expect(found.length).toBeLessThan(120);
  });

  test("at most PROBLEMS_MAX problems are listed, and the rest counted", () => {
    const text = Array.from({ length: PROBLEMS_MAX + 5 }, (_, index) => `key${index} = 1\n`).join("");
    const result = read(`title = "x"\n${text}`, schema);
    expect(codesOf(result)).toHaveLength(PROBLEMS_MAX + 1);
    expect(result.ok ? "" : result.problems.at(-1)?.message).toBe("5 more problems are not listed");
  });

  test("of problems far beyond PROBLEMS_MAX, all are counted", () => {
    const text = Array.from({ length: 5_000 }, (_, index) => `key${index} = 1\n`).join("");
    const result = read(`title = "x"\n${text}`, schema);
    expect(result.ok ? "" : result.problems.at(-1)?.message).toBe("4900 more problems are not listed");
  });

  test("property: any bytes are read or refused, never thrown at", () => {
    const line = fc.constantFrom(
      "[a]",
      "[[a]]",
      "a.b = 1",
      'a = "',
      "'''",
      '"""',
      "{",
      "}",
      "[",
      "]",
      "=",
      ",",
      "#",
      "\\e",
      "07:32",
      "\n",
      "\r\n",
      "x = {",
      "\u0000",
    );
    const text = fc.oneof(
      fc.array(line, { maxLength: 20 }).map((parts) => utf8(parts.join(""))),
      fc.uint8Array({ maxLength: 60 }),
    );
    fc.assert(
      fc.property(text, (bytes) => {
        const result = read(bytes, schema);
        if (!result.ok) expect(result.problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });
});
