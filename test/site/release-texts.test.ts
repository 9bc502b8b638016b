/** What a package page shows of a release's own files, and how it says what they may do. */
import { describe, expect, it } from "vitest";
import { factGroups, WRITES_SHOWN_MAX } from "../../site/src/catalogue/fact-groups.ts";
import {
  FILE_SHOWN_BYTES_MAX,
  fileTexts,
  PAGE_SHOWN_BYTES_MAX,
} from "../../site/src/catalogue/file-texts.ts";
import { withAddress } from "../../site/src/catalogue/registry-address.ts";
import { isLong, LINES_SHOWN_MAX } from "../../site/src/readme/fold.ts";
import type { Permissions } from "../../src/content/content.ts";
import { permissionFacts } from "../../src/content/permission-words.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const of = (files: Record<string, Uint8Array>) => fileTexts(new Map(Object.entries(files)));

describe("texts of files", () => {
  it("a small text is shown, with what it hides", () => {
    expect(of({ "a.ttl": bytes("a\r\nb\u202e\u001b[2J") }).get("a.ttl")).toEqual({
      shown: true,
      text: "a\nb\\u{202e}\\x1b[2J",
    });
  });

  it.each([
    ["empty", new Uint8Array()],
    ["binary", Uint8Array.of(0x41, 0, 0x42)],
    ["binary", Uint8Array.of(0xff, 0xfe, 0x41)],
    ["large", bytes("x".repeat(FILE_SHOWN_BYTES_MAX + 1))],
  ])("what is %s is not, and says so", (why, content) => {
    expect(of({ a: content }).get("a")).toEqual({ shown: false, why });
  });

  it("one of the most bytes that are shown is shown", () => {
    expect(of({ a: bytes("x".repeat(FILE_SHOWN_BYTES_MAX)) }).get("a")?.shown).toBe(true);
  });

  it("a page holds only so much, and the small ones first", () => {
    const files = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [`big-${i}`, bytes("x".repeat(FILE_SHOWN_BYTES_MAX))]),
    );
    const texts = [...of({ ...files, small: bytes("x") })];
    const shown = texts.filter(([, text]) => text.shown).map(([path]) => path);
    expect(shown).toContain("small");
    const total = texts.reduce((sum, [, text]) => sum + (text.shown ? text.text.length : 0), 0);
    expect(total).toBeLessThanOrEqual(PAGE_SHOWN_BYTES_MAX);
    expect(total).toBeGreaterThan(PAGE_SHOWN_BYTES_MAX - FILE_SHOWN_BYTES_MAX);
    expect(texts.filter(([, text]) => !text.shown && text.why === "page-full")).not.toEqual([]);
  });
});

describe("a README is long", () => {
  it("by its lines", () => {
    expect(isLong("x\n".repeat(LINES_SHOWN_MAX - 1))).toBe(false);
    expect(isLong("x\n".repeat(LINES_SHOWN_MAX + 1))).toBe(true);
  });

  it("by lines that take many", () => {
    expect(isLong("word ".repeat(2000))).toBe(true);
  });
});

describe("a command for the registry that the page stands in", () => {
  const at = (page: string, base = "/registry/") =>
    withAddress("verify a@1.0.0 --registry HERE", "HERE", base, page);

  it("has its address, whatever page of it is open", () => {
    expect(at("https://packs.example/registry/packages/a/?q=1#x")).toBe(
      "verify a@1.0.0 --registry https://packs.example/registry/",
    );
    expect(at("http://127.0.0.1:4321/about/", "/")).toBe("verify a@1.0.0 --registry http://127.0.0.1:4321/");
  });

  it("is as it was where the page is a file", () => {
    expect(at("file:///site/index.html")).toBe("verify a@1.0.0 --registry HERE");
  });

  it("is one word of a shell, whatever the path", () => {
    expect(at("https://packs.example/x", "/a'b$(c)&d/")).toMatch(/--registry 'https:[^ ]*'$/);
  });
});

describe("what a release may do, summed up", () => {
  const nothing: Permissions = { shell: [], overwrite: [], inject: [], outputs: [], anything: [] };
  const groups = (more: Partial<Permissions>) => factGroups(permissionFacts({ ...nothing, ...more }));
  const to = "generated/model/{{ name }}.ts";
  const computed = {
    overwrite: [
      { file: "a", to },
      { file: "b", to: "b.ts" },
    ],
    outputs: ["b.ts", to],
    anything: [{ file: "a", why: `its to is computed: ${to}` }],
  };

  it("computed names below a folder are no alarm, and a sentence", () => {
    expect(groups(computed)).toMatchObject({ grave: false, words: "overwrites files" });
  });

  it("commands and places outside are one", () => {
    const shell = [{ file: "a", line: 2, when: "after", command: "make" } as const];
    expect(groups({ ...computed, shell })).toMatchObject({
      grave: true,
      words: "runs 1 shell command and overwrites files",
    });
    expect(groups({ outputs: ["~/.bashrc"] })).toMatchObject({ grave: true });
    expect(groups({ anything: [{ file: "a", why: "its frontmatter cannot be read" }] })).toMatchObject({
      grave: true,
      words: "may do anything, for part of it cannot be read",
    });
  });

  it("counts where it can", () => {
    const overwrite = [{ file: "a", to: "a.ts" }];
    const inject = [{ file: "b", to: "b.ts" }];
    expect(groups({ overwrite, inject, outputs: ["a.ts", "b.ts", "c.ts"] }).words).toBe(
      "overwrites 1 file, edits 1 file and writes 1 file",
    );
  });

  it("folds away nothing but new files", () => {
    const many = Array.from({ length: 30 }, (_, i) => `src/f${String(i).padStart(2, "0")}.ts`);
    const overwrite = many.map((path) => ({ file: "t", to: `x/${path}` }));
    const { shown, folded } = groups({ overwrite, outputs: many });
    expect(shown).toHaveLength(30 + WRITES_SHOWN_MAX);
    expect(folded.every(({ sort }) => sort === "writes")).toBe(true);
    expect(folded).toHaveLength(30 - WRITES_SHOWN_MAX);
  });
});
