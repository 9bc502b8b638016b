import { describe, expect, it } from "vitest";
import { permissionLines } from "../../src/cli/permission-text.ts";
import { readFrontmatter } from "../../src/content/frontmatter.ts";
import { fixedFolder, permissionFacts } from "../../src/content/permission-words.ts";
import { derivePermissions } from "../../src/content/permissions.ts";

/** What the words say of templates, each given by the lines of its frontmatter. */
function linesOf(...templates: string[][]): string[] {
  return permissionLines(permissionsOf(...templates));
}

function permissionsOf(...templates: string[][]) {
  const read = templates.map((lines, at) => {
    const file = `${"abcdefgh"[at]}.tmpl`;
    const text = `---\n${lines.join("\n")}\n---\nbody\n`;
    return [file, readFrontmatter(file, text, { severity: "warning", optional: false })] as const;
  });
  return derivePermissions(new Map(read), undefined);
}

describe("what a package may do, in words", () => {
  it("a computed file name below a folder that is written out says the folder, and what that is worth", () => {
    expect(linesOf(['to: "generated/model/{{ name | kebab_case }}.ts"', "force: true"])).toEqual([
      "overwrites files whose names are computed, below generated/model/ unless a name climbs out with ../ (a.tmpl): generated/model/{{ name | kebab_case }}.ts",
    ]);
    expect(linesOf(['to: "docs/{{ a }}.md"'])).toEqual([
      "writes files whose names are computed, below docs/ unless a name climbs out with ../ (a.tmpl): docs/{{ a }}.md",
    ]);
  });

  it("a computed place without one may be anywhere", () => {
    for (const to of [
      "{{ folder }}/a.ts",
      "a{{ b }}.ts",
      "./{{ b }}",
      "{% if a %}docs/{% endif %}{{ b }}.md",
    ])
      expect(linesOf([`to: "${to}"`])).toEqual([
        expect.stringMatching(/^writes files whose names are computed, which may be anywhere \(a\.tmpl\): /),
      ]);
  });

  it("a computed place still counts as anything for what decides", () => {
    const permissions = permissionsOf(['to: "generated/{{ name }}.ts"']);
    expect(permissions.anything).toHaveLength(1);
  });

  it("commands come first, then what leaves the project, then what changes, then what is new", () => {
    expect(
      linesOf(
        ["to: src/plain.rs"],
        ["to: src/lib.rs", "inject: true"],
        ["to: ../outside.txt"],
        ["to: .github/workflows/ci.yml"],
        ["to: src/made.rs", "force: true", "sh_after: cargo fmt"],
        ["to: src/b.rs", 'sh_before: "echo {{ a }}"'],
        ['to: "gen/{{ a }}.rs"'],
      ),
    ).toEqual([
      "runs a shell command after writing (e.tmpl:4): cargo fmt",
      "runs a shell command that is computed, before writing (f.tmpl:3): echo {{ a }}",
      "writes into ..: outside the project",
      "writes into .github/workflows: runs in CI",
      "writes files that may be outside the project (c.tmpl): ../outside.txt",
      "overwrites src/made.rs (e.tmpl)",
      "edits src/lib.rs (b.tmpl)",
      "writes files whose names are computed, below gen/ unless a name climbs out with ../ (g.tmpl): gen/{{ a }}.rs",
      "writes .github/workflows/ci.yml",
      "writes src/b.rs",
      "writes src/plain.rs",
    ]);
  });

  it("what is read from elsewhere, what is not text and what nobody knows are whole sentences too", () => {
    expect(
      linesOf(["to: a", "from: /etc/passwd"], ["to: [a]"], ["force: false"], ["to: b", "zzz: 1"]),
    ).toEqual([
      'may do anything (d.tmpl): it has the key "zzz", which nobody knows',
      "reads files outside the project (a.tmpl): /etc/passwd",
      "writes files in a place that cannot be read (b.tmpl)",
      "writes to a place that it does not say (c.tmpl)",
      "writes a",
      "writes b",
    ]);
    expect(linesOf(["to: a", 'from: "templates/{{ x }}"'], ["to: b", "sh: [a]"])).toEqual([
      "runs a shell command that cannot be read, before writing (b.tmpl:3)",
      "reads files whose names are computed, below templates/ unless a name climbs out with ../ (a.tmpl): templates/{{ x }}",
      "writes a",
      "writes b",
    ]);
  });

  it("says nothing twice and leaves nothing out: every doubt and every command has its line", () => {
    const permissions = permissionsOf(
      ['to: "{{ a }}"', 'sh: "{{ a }}"', 'sh_before: "{{ b }}"', "force: true", "inject: true"],
      ["to: .git/hooks/x", 'rdf: ["a", "../b", "{{ c }}"]'],
    );
    const text = permissionFacts(permissions).map((one) => `${one.what}\n${one.written}`);
    expect(new Set(text).size).toBe(text.length - 1); // two commands before writing, of which nobody knows which is which
    for (const { why } of permissions.anything) {
      const written = why.replace(/^its \w+ [^:]*: /, "");
      expect(text.join("\n")).toContain(written);
    }
  });

  it("hides nothing that would recolour a terminal", () => {
    expect(linesOf(["to: a", 'sh: "x\\u001b[2J"'])[0]).toContain("\\x1b[2J");
  });
});

it.each([
  ["generated/model/{{ name }}.ts", "generated/model/"],
  ["a/b-{{ c }}/d", "a/"],
  ["{{ a }}/b", undefined],
  ["a-{{ b }}", undefined],
  ["./{{ b }}", undefined],
  ["a/../{{ b }}", undefined],
  ["a/./{{ b }}", undefined],
  ["/a/{{ b }}", undefined],
  ["~/{{ b }}", undefined],
  ["c:/{{ b }}", undefined],
  ["a\\b/{{ b }}", undefined],
  ["a/{# note #}b", "a/"],
  ["a/b", undefined],
])("the folder before anything computed in %s is %s", (path, folder) => {
  expect(fixedFolder(path)).toBe(folder);
});
