import { describe, expect, it } from "vitest";
import { linkTarget, README_CHARACTERS_MAX, renderReadme } from "../../site/src/readme/render.ts";

const files = new Set(["docs/guide.md", "README.md", "ontology.ttl", "docs/with space.md"]);
const context = { name: "owl-to-sql", path: "README.md", hasFile: (path: string) => files.has(path) };
const render = (markdown: string): string => renderReadme(markdown, context);

describe("what a README may not bring into the page", () => {
  it.each([
    ["a script", "<script>alert(1)</script>hello"],
    ["a script in an SVG", "<svg><script>alert(1)</script></svg>"],
    ["an event handler", '<b onclick="alert(1)">x</b><details ontoggle=alert(1) open>x</details>'],
    ["a style", '<style>body{display:none}</style><p style="position:fixed">x</p>'],
    ["a frame", '<iframe src="https://evil.example/"></iframe>'],
    ["a form", '<form action="https://evil.example/"><input name="q"><button>go</button></form>'],
    ["a base element", '<base href="https://evil.example/">'],
    ["a meta refresh", '<meta http-equiv="refresh" content="0;url=https://evil.example/">'],
    ["an object", '<object data="https://evil.example/"></object><embed src="https://evil.example/">'],
    ["an image of another host", "![x](https://evil.example/pixel.png)<img src=https://evil.example/p.png>"],
    ["a video", '<video src="https://evil.example/v.mp4" autoplay></video>'],
    ["MathML that turns into HTML", "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>"],
    ["a comment that ends early", "<!--><img src=x onerror=alert(1)>-->"],
  ])("%s", (_, markdown) => {
    const html = render(markdown);
    expect(html).not.toMatch(
      /<(script|svg|style|iframe|form|input|button|base|meta|object|embed|img|video|math)/i,
    );
    expect(html).not.toMatch(/\son\w+\s*=|style=|src=/i);
  });

  it.each([
    ["javascript:", "[x](javascript:alert(1))"],
    ["javascript: with a tab", "<a href='java\tscript:alert(1)'>x</a>"],
    ["javascript: as entities", '<a href="&#106;avascript:alert(1)">x</a>'],
    ["data:", "[x](data:text/html;base64,PHNjcmlwdD4=)"],
    ["vbscript:", "[x](vbscript:msgbox)"],
    ["file:", "[x](file:///etc/passwd)"],
  ])("a link with %s keeps its text only", (_, markdown) => {
    const html = render(markdown);
    expect(html).not.toMatch(/href=/);
    expect(html).toContain("x");
  });

  it("an id or a name of the page", () => {
    expect(render('<h2 id="signature">x</h2><a name="content">y</a><p id="deeds">z</p>')).not.toMatch(
      /id=|name=/,
    );
  });

  it("a class of the page", () => {
    expect(render('<div class="notice notice-good">Signature checked</div>')).toBe(
      "<div>Signature checked</div>",
    );
  });

  it("characters that hide or reorder text", () => {
    const html = render("safe \u202Egnp.exe\u202C, zero\u200Bwidth, bell \u0007");
    expect(html).toContain("\\u{202e}");
    expect(html).toContain("\\u{200b}");
    expect(html).toContain("\\x07");
  });

  it("more than the limit: the rest is left to the archive, and the page says so", () => {
    const html = render(`${"a ".repeat(README_CHARACTERS_MAX)}END`);
    expect(html).not.toContain("END");
    expect(html).toContain("the rest is in the archive");
  });
});

describe("links of a README", () => {
  it.each([
    ["https://ggen.dev/a?b=1", "https://ggen.dev/a?b=1"],
    ["mailto:alice@example.org", "mailto:alice@example.org"],
    ["docs/guide.md", "#file-docs%2Fguide.md"],
    ["./docs/../ontology.ttl#L3", "#file-ontology.ttl"],
    ["/ontology.ttl", "#file-ontology.ttl"],
    ["docs/with%20space.md", "#file-docs%2Fwith%20space.md"],
    ["#how-it-works", "#readme-how-it-works"],
  ])("%s leads to %s", (href, target) => {
    expect(linkTarget(href, context)).toBe(target);
  });

  it.each(["missing.md", "../../etc/passwd", "../ontology.ttl", "javascript:alert(1)", "http://", ""])(
    "%j leads nowhere",
    (href) => {
      expect(linkTarget(href, context)).toBeUndefined();
    },
  );

  it("are marked as a stranger's where they leave the catalogue", () => {
    expect(render("[x](https://example.org/)")).toContain('rel="nofollow ugc noopener noreferrer"');
  });

  it("keep only their text where the release has no such file", () => {
    expect(render("see [the notes](NOTES.md)")).toBe("<p>see <a>the notes</a></p>\n");
  });

  it("an image becomes its alternative text, with a link to where it is", () => {
    expect(render("![A diagram](docs/guide.md)")).toContain(
      '<a href="#file-docs%2Fguide.md">[image: A diagram]</a>',
    );
  });
});

describe("headings of a README", () => {
  it("stand below the page's own, without gaps, with ids that links reach", () => {
    const html = render("# Title\n\n#### Deep\n\n## Second\n\n[go](#second)");
    expect(html).toContain('<h3 id="readme-title">Title</h3>');
    expect(html).toContain('<h4 id="readme-deep">Deep</h4>');
    expect(html).toContain('<h4 id="readme-second">Second</h4>');
    expect(html).toContain('href="#readme-second"');
  });

  it("of the same words have ids of their own", () => {
    const html = render("## A\n\n## A");
    expect(html).toContain('id="readme-a"');
    expect(html).toContain('id="readme-a-1"');
  });

  it("the first is left out where it only repeats the package's name", () => {
    expect(render("# owl-to-sql\n\ntext")).toBe("<p>text</p>\n");
    expect(render("# OWL to SQL\n\ntext")).not.toContain("<h");
    expect(render("# Another title\n\ntext")).toContain("<h3");
  });
});

it("a code block is shown as it is, and can be reached by keyboard", () => {
  expect(render("```sparql\nSELECT <x> & y\n```")).toBe(
    '<pre tabindex="0" class="scrolls"><code>SELECT &lt;x&gt; &amp; y\n</code></pre>\n',
  );
});
