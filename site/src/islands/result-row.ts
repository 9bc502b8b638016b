/** A search hit as a row of the list: the same markup as components/PackageRow.astro. Text only, never markup. */
import { visible } from "../../../src/base/visible.ts";
import { matches } from "../../../src/search/highlight.ts";

export interface ResultHit {
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly publisher: string;
  readonly kind: string;
  readonly deprecated: boolean;
  /** Words of the package that answered the query. */
  readonly matched: readonly string[];
}

/** `asked` are the words of the query (`queryWords`), `marks` what is to be said of the name besides. */
export function resultRow(
  hit: ResultHit,
  base: string,
  asked: readonly string[],
  marks: readonly string[],
): HTMLLIElement {
  const row = element("li", "row");
  const link = element("a", "row-link");
  link.href = `${base}packages/${encodeURIComponent(hit.name)}/`;
  link.append(...marked(visible(hit.name), asked, hit.matched));
  const head = element("p", "row-head");
  head.append(link, " ", text("span", "row-version", visible(hit.version)));
  for (const mark of [...(hit.deprecated ? ["deprecated"] : []), ...marks])
    head.append(" ", text("span", "state state-caution", mark));
  const summary = element("p", "row-summary");
  summary.append(...marked(visible(hit.summary), asked, hit.matched));
  const facts = element("p", "row-facts");
  facts.append(
    text("span", "row-kind", visible(hit.kind)),
    " ",
    text("span", "row-publisher", visible(hit.publisher)),
  );
  row.append(head, summary, facts);
  return row;
}

function element<K extends keyof HTMLElementTagNameMap>(tag: K, className: string): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.className = className;
  return made;
}

function text(tag: "span", className: string, content: string): HTMLElement {
  const made = element(tag, className);
  made.textContent = content;
  return made;
}

/** `content` with what answered in `<mark>`. */
function marked(content: string, asked: readonly string[], matched: readonly string[]): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let at = 0;
  for (const { from, to } of matches(content, asked, matched)) {
    const mark = document.createElement("mark");
    mark.textContent = content.slice(from, to);
    parts.push(content.slice(at, from), mark);
    at = to;
  }
  return [...parts, content.slice(at)];
}
