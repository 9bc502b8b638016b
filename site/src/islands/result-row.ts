/** A search hit as a row of the list: the same markup as components/PackageRow.astro. Text only, never markup. */
import { visible } from "../../../src/base/visible.ts";

export interface ResultHit {
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly publisher: string;
  readonly kind: string;
  readonly deprecated: boolean;
}

export function resultRow(hit: ResultHit, base: string, query: string): HTMLLIElement {
  const row = element("li", "row");
  const link = element("a", "row-link");
  link.href = `${base}packages/${encodeURIComponent(hit.name)}/`;
  link.append(...marked(visible(hit.name), query));
  const head = element("p", "row-head");
  head.append(link, " ", text("span", "row-version", visible(hit.version)));
  if (hit.deprecated) head.append(" ", text("span", "state state-caution", "deprecated"));
  const summary = element("p", "row-summary");
  summary.append(...marked(visible(hit.summary), query));
  const facts = element("p", "row-facts");
  facts.append(text("span", "row-kind", visible(hit.kind)), " ", text("span", "row-publisher", visible(hit.publisher)));
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

/** `content` with the words of `query` in `<mark>`. */
function marked(content: string, query: string): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let at = 0;
  for (const { from, to } of matches(content, query)) {
    const mark = document.createElement("mark");
    mark.textContent = content.slice(from, to);
    parts.push(content.slice(at, from), mark);
    at = to;
  }
  return [...parts, content.slice(at)];
}

/** Where words of `query` begin a word of `content`: sorted, without overlaps. */
export function matches(content: string, query: string): { from: number; to: number }[] {
  const words = query.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const found: { from: number; to: number }[] = [];
  for (const word of content.matchAll(/[\p{L}\p{N}]+/gu)) {
    const lower = word[0].toLowerCase();
    // Lower-casing may change a text's length (İ); such a word is left unmarked.
    if (lower.length !== word[0].length) continue;
    const length = Math.max(0, ...words.filter((asked) => lower.startsWith(asked)).map((asked) => asked.length));
    if (length > 0) found.push({ from: word.index, to: word.index + length });
  }
  return found;
}
