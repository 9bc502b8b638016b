import { visible } from "../base/visible.ts";
import { ratifiedNames } from "../client/ratified-names.ts";
import { PACKAGE_KINDS } from "../manifest/package-kind.ts";
import { matches, queryWords } from "../search/highlight.ts";
import type { SearchHit, SearchResults } from "../search/query.ts";
import { type Options, type Run, UsageError } from "./command.ts";
import { onRegistry } from "./open-registry.ts";
import { cut, type Terminal } from "./terminal.ts";

const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 1000;

export const run: Run = async (args, options, context) => {
  const { terminal } = context;
  const query = args.join(" ");
  if (query.trim() === "") throw new UsageError("What to search for? `list` prints every package");
  const limit = options.whole("limit", LIMIT_DEFAULT, 1, LIMIT_MAX);
  const { found, ratified } = await onRegistry(options, context, async (registry) => {
    const found = await registry.search(query, { limit, explain: options.flag("explain") });
    return { found, ratified: await ratifiedNames(registry) };
  });
  for (const { from, to } of found.corrections)
    terminal.note(`nothing has "${visible(from)}"; "${visible(to)}" was looked for`);
  if (found.total > 0) for (const word of found.missing) terminal.note(`nothing has "${visible(word)}"`);
  for (const { field, value } of found.filters)
    if (field === "kind" && !PACKAGE_KINDS.some((kind) => kind === value.toLowerCase()))
      terminal.note(`"${visible(value)}" is no kind of package; there are ${PACKAGE_KINDS.join(", ")}`);
  if (found.cut) terminal.note("the query is too long; the end of it was not read");
  if (found.unread > 0)
    terminal.note(
      `${found.unread} further packages have the quoted words; whether in this order was not looked at`,
    );
  // `description` and `author` are what other programs know these two by.
  const packages = found.hits.map((hit) => ({
    ...hit,
    description: hit.summary,
    author: hit.publisher,
    ratified: ratified?.has(hit.name) ?? false,
  }));
  const { total, unread, corrections, missing, cut } = found;
  terminal.result({ query, total, unread, corrections, missing, cut, packages }, () =>
    text({ query, found, ratified: ratified ?? new Set() }, options, terminal),
  );
  return undefined;
};

interface Found {
  readonly query: string;
  readonly found: SearchResults;
  readonly ratified: ReadonlySet<string>;
}

function text({ query, found, ratified }: Found, options: Options, terminal: Terminal): string {
  const { total, unread, hits } = found;
  if (hits.length === 0) return `No package matches "${visible(query)}".`;
  const asked = queryWords(query);
  const lines = hits.flatMap((hit) => {
    const marks = [
      ...(hit.deprecated ? [" deprecated"] : []),
      ...(ratified.has(hit.name) ? [] : [" not ratified"]),
    ];
    const mark = marks.map((word) => terminal.style("yellow", word)).join("");
    const by = terminal.style("dim", `${visible(hit.kind)} by ${visible(hit.publisher)}`);
    const marked = (part: string) => markedText(part, asked, hit, terminal);
    const name = terminal.style("bold", marked(visible(hit.name)));
    return [
      `${name} ${visible(hit.version)}${mark}  ${by}`,
      `    ${marked(cut(visible(hit.summary), terminal.width - 4))}`,
      ...(options.flag("explain") ? [`    ${score(hit, terminal)}`] : []),
    ];
  });
  const more =
    total > hits.length
      ? [
          `… and ${unread > 0 ? "at least " : ""}${total - hits.length} more (--limit ${Math.min(total, LIMIT_MAX)})`,
        ]
      : [];
  return [...lines, ...more].join("\n");
}

/** `content` with the words that answered underlined, where the terminal has styles. */
function markedText(
  content: string,
  asked: readonly string[],
  { matched }: SearchHit,
  terminal: Terminal,
): string {
  if (!terminal.isStyled) return content;
  let text = "";
  let at = 0;
  for (const { from, to } of matches(content, asked, matched)) {
    text += content.slice(at, from) + terminal.style("underline", content.slice(from, to));
    at = to;
  }
  return text + content.slice(at);
}

/** What the score is made of, largest part first. */
function score(hit: SearchHit, terminal: Terminal): string {
  const parts = Object.entries(hit.explain ?? {}).map(
    ([part, value]) => `${part} ${typeof value === "number" ? Number(value.toFixed(3)) : String(value)}`,
  );
  return terminal.style(
    "dim",
    `score ${Number(hit.score.toFixed(3))}: ${parts.join(", ")}; matched ${hit.matched.map((word) => visible(word)).join(", ") || "nothing"}`,
  );
}
