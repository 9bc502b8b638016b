import fc from "fast-check";
import { parse } from "smol-toml";
import { describe, expect, test } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { addPackEntries } from "../../src/node/ggen-toml.ts";

const ENTRY = { name: "core-terms", path: "packs/core-terms" };
const LINE = 'core-terms = { path = "packs/core-terms" }';

function edited(text: string): string {
  const edit = addPackEntries(utf8(text), [ENTRY]);
  return edit.outcome === "changed" ? Buffer.from(edit.bytes).toString() : edit.outcome;
}

describe("an entry is added, and nothing else changes", () => {
  test.each([
    ["an empty file", "", `[packs]\n${LINE}\n`],
    ["no [packs]", 'name = "shop" # ours\n', `name = "shop" # ours\n\n[packs]\n${LINE}\n`],
    ["no line feed at the end", 'name = "shop"', `name = "shop"\n\n[packs]\n${LINE}\n`],
    ["an empty [packs] at the end", "[packs]\n", `[packs]\n${LINE}\n`],
    ["[packs] without a line feed", "[packs]", `[packs]\n${LINE}\n`],
    [
      "entries, a comment and another table",
      '[packs] # what we use\n# the first\na = { path = "packs/a" } # yes\n\n# generation\n[generate]\nout = "x"\n',
      `[packs] # what we use\n# the first\na = { path = "packs/a" } # yes\n${LINE}\n\n# generation\n[generate]\nout = "x"\n`,
    ],
    [
      "Windows line ends",
      '[packs]\r\na = { path = "packs/a" }\r\n\r\n[x]\r\n',
      `[packs]\r\na = { path = "packs/a" }\r\n${LINE}\r\n\r\n[x]\r\n`,
    ],
    [
      "both kinds of line ends",
      'x = 1\r\ny = 2\n[packs]\na = { path = "a" }\n',
      `x = 1\r\ny = 2\n[packs]\na = { path = "a" }\n${LINE}\r\n`,
    ],
    [
      "[packs.a] tables",
      '[packs.a]\npath = "packs/a"\n',
      `[packs.a]\npath = "packs/a"\n\n[packs]\n${LINE}\n`,
    ],
    [
      "an indented table",
      '  [ packs ]\n  a = { path = "a" }\n',
      `  [ packs ]\n  a = { path = "a" }\n${LINE}\n`,
    ],
  ])("%s", (_, before, after) => {
    expect(edited(before)).toBe(after);
  });
});

describe("a file is left as it is, and the reason told", () => {
  test.each([
    ["an entry is there", `[packs]\n${LINE}\n`, "unchanged"],
    ["it is no TOML", "[packs\nx", "left"],
    ["packs is written inline", 'packs = { a = { path = "a" } }\n', "left"],
    ["packs is no table", "packs = 3\n", "left"],
    ["packs is a list of tables", "[[packs]]\na = 1\n", "left"],
  ])("%s", (_, text, outcome) => {
    expect(edited(text)).toBe(outcome);
  });

  test("it is not UTF-8", () => {
    expect(addPackEntries(Uint8Array.of(0x78, 0x3d, 0xff), [ENTRY])).toMatchObject({
      outcome: "left",
      why: "it is not UTF-8",
    });
  });

  test("an entry that leads elsewhere is named", () => {
    expect(
      addPackEntries(utf8('[packs]\ncore-terms = { git = "https://example.org/x" }\n'), [ENTRY]),
    ).toMatchObject({ outcome: "unchanged", elsewhere: ["core-terms"] });
    expect(
      addPackEntries(utf8('[packs]\ncore-terms = { path = "./packs/core-terms/" }\n'), [ENTRY]),
    ).toMatchObject({ elsewhere: [] });
  });

  test("names of Object.prototype are entries like others", () => {
    const edit = addPackEntries(utf8("[packs]\n"), [{ name: "constructor", path: "packs/constructor" }]);
    expect(edit.outcome).toBe("changed");
  });
});

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test("whatever the file: every line of it stays, and it reads as before with the entry", () => {
  const line = fc.constantFrom(
    "",
    "# note",
    'a = { path = "a" }',
    "x = 1",
    "[packs]",
    "[other]",
    "[packs.b]",
    'path = "b"',
    's = """',
    "[ 1 ]",
    "l = [",
    "]",
    '"""',
    "  y = [1,\n  2]",
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 10 }), fc.constantFrom("\n", "\r\n"), (lines, eol) => {
      const before = lines.join(eol);
      const edit = addPackEntries(utf8(before), [ENTRY]);
      if (edit.outcome !== "changed") return;
      const after = Buffer.from(edit.bytes).toString();
      const root = parse(before) as { packs?: object };
      expect(plain(parse(after).packs)).toEqual(plain({ ...root.packs, [ENTRY.name]: { path: ENTRY.path } }));
      expect(
        after
          .replace(/core-terms = .*?\r?\n/, "")
          .replace(/\s*\[packs\]\s*$/, "")
          .trimEnd(),
      ).toBe(before.replace(/\s*\[packs\]\s*$/, "").trimEnd());
    }),
    { numRuns: 2000 },
  );
});
