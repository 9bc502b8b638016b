import { describe, expect, it } from "vitest";
import { basePath } from "../../scripts/site.ts";
import { deeds, publishedDay, splitIri } from "../../site/src/catalogue/package-page.ts";
import { counted, grouped, oneLine, shown, sized, webAddress } from "../../site/src/catalogue/shown.ts";
import type { ContentFile } from "../../src/content/content.ts";

const nothing = { shell: [], overwrite: [], inject: [], outputs: [], anything: [] };
const template = { path: "templates/a.tmpl", role: "template" } as unknown as ContentFile;
const command = { file: "templates/a.tmpl", line: 2, when: "after", command: "cargo fmt" } as const;

describe("what a release may do, in a word", () => {
  it("idle: no template and no hook", () => {
    expect(deeds({ permissions: nothing, files: [] })).toMatchObject({ idle: true, harmless: true });
  });

  it("harmless, not idle: templates that write to known places only", () => {
    const permissions = { ...nothing, outputs: ["src/a.rs"] };
    expect(deeds({ permissions, files: [template] })).toMatchObject({ idle: false, harmless: true });
  });

  it.each([
    ["a command", { shell: [command] }],
    ["an overwrite", { overwrite: [{ file: "a", to: "b" }] }],
    ["an edit", { inject: [{ file: "a", to: "b" }] }],
    ["a computed place", { outputs: ["any"] }],
    ["a place where CI runs it", { outputs: [".github/workflows/ci.yml"] }],
    ["something unknown", { anything: [{ file: "a", why: "it does not parse" }] }],
  ])("not harmless: %s", (_, more) => {
    expect(deeds({ permissions: { ...nothing, ...more }, files: [template] }).harmless).toBe(false);
  });
});

describe("texts of the pages", () => {
  it("strangers' texts are shown with what they hide", () => {
    const value = { a: ["x\u202ey"], b: { c: "line\r\nline" }, n: 3, u: undefined };
    expect(shown(value)).toEqual({ a: ["x\\u{202e}y"], b: { c: "line\nline" }, n: 3, u: undefined });
  });

  it("a name that JavaScript knows is a name like any other", () => {
    expect(shown([{ name: "constructor" }, { name: "__proto__" }])).toEqual([
      { name: "constructor" },
      { name: "__proto__" },
    ]);
  });

  it("numbers, sizes, days and lines read as people write them", () => {
    expect([grouped(7), grouped(1234), grouped(1234567)]).toEqual(["7", "1,234", "1,234,567"]);
    expect([counted(1, "file"), counted(0, "file")]).toEqual(["1 file", "0 files"]);
    expect([sized(999), sized(1500), sized(34_567), sized(2_340_000)]).toEqual([
      "999 B",
      "1.5 kB",
      "35 kB",
      "2.3 MB",
    ]);
    expect(publishedDay("2026-08-14T10:00:00Z")).toBe("2026-08-14");
    expect(oneLine(" a\n  b ")).toBe("a b");
  });

  it("an IRI is cut where its last part begins", () => {
    expect(splitIri("https://a.example/ns#Foo")).toEqual({
      namespace: "https://a.example/ns#",
      local: "Foo",
    });
    expect(splitIri("https://a.example/ns/Foo")).toEqual({
      namespace: "https://a.example/ns/",
      local: "Foo",
    });
    expect(splitIri("https://a.example/ns/")).toEqual({ namespace: "https://a.example/", local: "ns/" });
    expect(splitIri("urn:x")).toEqual({ namespace: "urn:", local: "x" });
  });

  it.each(["javascript:alert(1)", "data:text/html,x", "no address", "//host/path"])(
    "%s is no web address",
    (url) => {
      expect(webAddress(url)).toBeUndefined();
    },
  );

  it("a base path has one slash before and after", () => {
    expect([basePath(), basePath(""), basePath("/"), basePath("repo"), basePath("/a/b//")]).toEqual([
      "/",
      "/",
      "/",
      "/repo/",
      "/a/b/",
    ]);
  });
});
