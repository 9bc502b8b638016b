/**
 * A package's README as HTML that may stand in the catalogue.
 *
 *     Markdown (a stranger's) ─► control characters visible ─► marked ─► sanitize-html ─► HTML
 *
 * What comes out holds no script, style, form, frame, image or event handler, and asks no other
 * host for anything: an image becomes its alternative text. Web links stay, marked as a stranger's;
 * a relative link leads to the file's row on the page where the release has that file, else
 * only its text stays; `#heading` leads to the README's own heading.
 */
import { Marked, type Tokens } from "marked";
import sanitizeHtml from "sanitize-html";
import { shown, webAddress } from "../catalogue/shown.ts";
import { HeadingPlacer, headingSlug } from "./headings.ts";

/** A README longer than this is cut, and says so. In characters. */
export const README_CHARACTERS_MAX = 200_000;

export interface ReadmeContext {
  /** The package's name: a first heading that only repeats it is left out, since the page has said it. */
  readonly name: string;
  /** Where the README stands in the release, such as `README.md`. */
  readonly path: string;
  /** Whether the release has a file at this path. */
  readonly hasFile: (path: string) => boolean;
}

/** The id of a file's row on the package page. */
export function fileAnchor(path: string): string {
  return `file-${encodeURIComponent(path)}`;
}

export function renderReadme(text: string, context: ReadmeContext): string {
  const whole = text.length <= README_CHARACTERS_MAX;
  const source = shown(text.slice(0, README_CHARACTERS_MAX).replace(/^\ufeff/, ""));
  const html = markdown(context).parse(source, { async: false });
  const note = whole ? "" : "<p><em>The README is longer; the rest is in the archive.</em></p>";
  return sanitizeHtml(html, policy(context)) + note;
}

function markdown(context: ReadmeContext): Marked {
  const headings = new HeadingPlacer();
  let first = true;
  return new Marked({
    gfm: true,
    renderer: {
      heading(token: Tokens.Heading): string {
        const repeatsName = first && headingSlug(plainText(token.text)) === headingSlug(context.name);
        first = false;
        if (repeatsName) return "";
        const { level, id } = headings.place(token.depth, plainText(token.text));
        return `<h${level} id="${id}">${this.parser.parseInline(token.tokens)}</h${level}>\n`;
      },
      image(token: Tokens.Image): string {
        const alternative = escaped(token.text === "" ? fileName(token.href) : token.text);
        const target = linkTarget(token.href, context);
        const label = `[image: ${alternative}]`;
        return target === undefined ? label : `<a href="${escaped(target)}">${label}</a>`;
      },
    },
  });
}

function plainText(inline: string): string {
  return inline.replace(/<[^>]*>/g, "").replace(/[`*]/g, "");
}

function fileName(href: string): string {
  return href.split(/[?#]/)[0]?.split("/").at(-1) ?? "";
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}

const TAGS = [
  ...["h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "blockquote", "pre", "code", "kbd", "samp", "var"],
  ...["ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td", "caption"],
  ...["a", "em", "strong", "b", "i", "s", "del", "ins", "sub", "sup", "abbr", "q", "cite", "mark", "small"],
  ...["details", "summary", "span", "div"],
];

function policy(context: ReadmeContext): sanitizeHtml.IOptions {
  return {
    allowedTags: TAGS,
    allowedAttributes: {
      a: ["href", "rel", "title"],
      ol: ["start"],
      th: ["align", "colspan", "rowspan"],
      td: ["align", "colspan", "rowspan"],
      h3: ["id"],
      h4: ["id"],
      h5: ["id"],
      h6: ["id"],
      pre: ["tabindex", "class"],
      table: ["tabindex", "class"],
    },
    // Everything else a stranger could name (javascript:, data:, file:) is dropped with the link.
    allowedSchemes: ["https", "http", "mailto"],
    allowProtocolRelative: false,
    disallowedTagsMode: "discard",
    nonTextTags: [
      "script",
      "style",
      "textarea",
      "option",
      "noscript",
      "title",
      "svg",
      "math",
      "iframe",
      "template",
    ],
    nestingLimit: 60,
    transformTags: {
      h1: heading("h3"),
      h2: heading("h3"),
      h3: heading("h3"),
      h4: heading("h4"),
      h5: heading("h5"),
      h6: heading("h6"),
      a: (_tag, attributes) => ({ tagName: "a", attribs: linkAttributes(attributes, context) }),
      // A block that scrolls sideways must be reachable by keyboard.
      pre: () => ({ tagName: "pre", attribs: { tabindex: "0", class: "scrolls" } }),
      table: () => ({ tagName: "table", attribs: { tabindex: "0", class: "scrolls" } }),
    },
  };
}

/** A README's own markup may not claim the page's heading levels, nor an id of the page. */
function heading(tagName: string): sanitizeHtml.Transformer {
  return (_tag, { id }) => ({ tagName, attribs: id?.startsWith("readme-") ? { id } : {} });
}

function linkAttributes(
  attributes: sanitizeHtml.Attributes,
  context: ReadmeContext,
): sanitizeHtml.Attributes {
  const target = attributes.href === undefined ? undefined : linkTarget(attributes.href, context);
  if (target === undefined) return {};
  const title = attributes.title === undefined ? {} : { title: attributes.title };
  return {
    href: target,
    ...(target.startsWith("#") ? {} : { rel: "nofollow ugc noopener noreferrer" }),
    ...title,
  };
}

/** Where a README's link leads from the page, or `undefined` where it leads nowhere a page may go. */
export function linkTarget(href: string, context: ReadmeContext): string | undefined {
  const text = href.trim();
  if (text.startsWith("#file-")) return text;
  if (text.startsWith("#readme-")) return text;
  if (text.startsWith("#")) return `#readme-${headingSlug(decoded(text.slice(1)).replaceAll("-", " "))}`;
  if (/^mailto:[^\s<>"]+$/i.test(text)) return text;
  if (/^[a-z][a-z0-9+.-]*:/i.test(text) || text.startsWith("//")) return webAddress(text);
  const path = within(context.path, decoded(text.split(/[?#]/)[0] ?? ""));
  return path !== undefined && context.hasFile(path) ? `#${fileAnchor(path)}` : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `relative` resolved against the folder of `path`; `undefined` where it leaves the release. */
function within(path: string, relative: string): string | undefined {
  const parts = relative.startsWith("/") ? [] : path.split("/").slice(0, -1);
  for (const part of relative.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") {
      if (parts.pop() === undefined) return undefined;
    } else parts.push(part);
  }
  return parts.join("/");
}
