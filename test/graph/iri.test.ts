import fc from "fast-check";
import * as oxigraph from "oxigraph";
import { describe, expect, it } from "vitest";
import {
  categoryIri,
  checksumIri,
  explainIri,
  fileIri,
  IRI_LENGTH_MAX,
  isIri,
  isWebIri,
  mint,
  packageIri,
  partIri,
  releaseIri,
} from "../../src/graph/iri.ts";
import { CONFIG, name, version } from "./views.ts";

const release = releaseIri(CONFIG.iri, name("alpha"), version("1.0.0-rc.1"));

describe("isIri", () => {
  it.each([
    "https://example.org/",
    "https://example.org",
    "http://user@example.org:8080/a%20b?q=1&r=/?#f/?",
    "urn:isbn:0451450523",
    "mailto:a@example.org",
    "tag:example.org,2026:x",
    "https://example.org/ünïcode/日本/😀",
    "file:///etc/hosts",
  ])("takes %s", (text) => {
    expect(isIri(text)).toBe(true);
    expect(() => oxigraph.namedNode(text)).not.toThrow();
  });

  it.each([
    ["a closing bracket that says another triple", "http://x/a> . <urn:evil> <urn:p> <urn:q", "U+003E"],
    ["an opening bracket", "http://x/<", "U+003C"],
    ["a quote", 'http://x/"', "U+0022"],
    ["a brace", "http://x/{y}", "U+007B"],
    ["a backslash", "http://x/\\u003e", "U+005C"],
    ["a backquote", "http://x/`", "U+0060"],
    ["a space", "http://x/a b", "U+0020"],
    ["a line feed", "http://x/a\n", "U+000A"],
    ["a null", "http://x/\u0000", "U+0000"],
    ["a C1 control", "http://x/\u0085", "U+0085"],
    ["an unpaired surrogate", "http://x/\ud800", "U+D800"],
    ["half a percent", "http://x/%4", "RFC 3987"],
    ["a text that runs backwards", "http://x/\u202egnp.exe", "RFC 3987"],
    ["a zero-width space", "http://x/\u200b", "RFC 3987"],
    ["a port that is no number", "http://x:y/", "RFC 3987"],
    ["a relative reference", "a/b", "not absolute"],
    ["a protocol-relative reference", "//x/a", "not absolute"],
    ["nothing", "", "not absolute"],
    ["too long a text", `http://x/${"a".repeat(IRI_LENGTH_MAX)}`, "at most 2048"],
  ])("refuses %s", (_, text, why) => {
    expect(isIri(text)).toBe(false);
    expect(explainIri(text)).toContain(why);
  });

  it("takes an IRI of the greatest length", () => {
    expect(isIri(`http://x/${"a".repeat(IRI_LENGTH_MAX - 9)}`)).toBe(true);
  });

  it("takes nothing that an independent RFC 3987 parser refuses", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ..."<>\"{}|^`\\ %/?#[]@:!$&'()*+,;=.-_~",
        "%41",
        "//",
        "\u00a0",
        "\u202e",
        "\ufffe",
        "\ue000",
        "\ud83d",
      ),
      fc.string({ unit: "binary", maxLength: 3 }),
      fc.string({ maxLength: 3 }),
    );
    const text = fc.tuple(
      fc.constantFrom("http:", "http://", "urn:", "a+b:", ""),
      fc.array(piece, { maxLength: 6 }),
    );
    fc.assert(
      fc.property(text, ([scheme, pieces]) => {
        const iri = scheme + pieces.join("");
        if (isIri(iri)) expect(() => oxigraph.namedNode(iri)).not.toThrow();
      }),
      { numRuns: 3000 },
    );
  });

  it("answers at once for a text made to be slow", () => {
    expect(isIri(`http://${"a@".repeat(1000)}>`)).toBe(false);
    expect(isIri(`http://${"%41/".repeat(500)}>`)).toBe(false);
  });
});

describe("isWebIri", () => {
  it.each(["https://example.org", "http://localhost:4321/a?b#c"])("takes %s", (text) => {
    expect(isWebIri(text)).toBe(true);
  });

  it.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "https://user:secret@example.org/",
    "https:///a",
    "mailto:a@b.c",
  ])("refuses %s", (text) => {
    expect(isWebIri(text)).toBe(false);
  });
});

describe("minted IRIs", () => {
  it("are the ones that the format names", () => {
    expect(packageIri(CONFIG.iri, name("alpha")).value).toBe("https://registry.example/packages/alpha");
    expect(release.value).toBe("https://registry.example/packages/alpha/1.0.0-rc.1");
    expect(fileIri(release, "templates/ä b#c.tmpl").value).toBe(
      `${release.value}#file-templates/%C3%A4%20b%23c.tmpl`,
    );
  });

  it("are valid for any path, category and advisory, and never meet", () => {
    const texts = fc.uniqueArray(fc.string({ unit: "binary", maxLength: 400 }), {
      minLength: 2,
      maxLength: 6,
      selector: (text) => text.toWellFormed(),
    });
    fc.assert(
      fc.property(texts, (all) => {
        const minted = all.flatMap((text) => [
          categoryIri(CONFIG.iri, text),
          partIri(release, "advisory", text),
        ]);
        expect(new Set(minted.map((node) => node.value)).size).toBe(minted.length);
      }),
    );
  });

  it("keep a file's checksum apart from a file whose name looks like one", () => {
    const files = ["a", "sha256-a", "a-sha256", "file-a", "archive"].map((path) => fileIri(release, path));
    const all = [...files, partIri(release, "archive")].flatMap((node) => [
      node.value,
      checksumIri(node).value,
    ]);
    expect(new Set(all).size).toBe(all.length);
  });

  it("throw for a bug of ours rather than be written", () => {
    expect(() => mint("https://registry.example/a b")).toThrow(TypeError);
  });
});
