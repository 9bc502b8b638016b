import { visible } from "../base/visible.ts";
import { ratifiedNames } from "../client/ratified-names.ts";
import { PACKAGE_KINDS } from "../manifest/package-kind.ts";
import { SETTINGS } from "../node/setting-keys.ts";
import { matches, queryWords } from "../search/highlight.ts";
import type { SearchHit, SearchResults } from "../search/query.ts";
import { type Context, type Options, type Run, UsageError } from "./command.ts";
import { onRegistry } from "./open-registry.ts";
import { wholeSetting } from "./settings.ts";
import { everyCall } from "./several-registries.ts";
import { cut, type Terminal } from "./terminal.ts";

const LIMIT_MAX = SETTINGS["search-limit"].takes.max;

export const run: Run = async (args, options, context) => {
  const { terminal } = context;
  const query = args.join(" ");
  if (query.trim() === "") throw new UsageError("What to search for? `list` prints every package");
  const limit = wholeSetting("search-limit", options, context);
  const found = merged(await searchEach(query, limit, options, context), limit);
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
  // `description` and `author` are what other programs know these two by; how much is used is known to nobody here.
  const packages = found.hits.map((hit) => ({
    ...hit,
    description: hit.summary,
    author: hit.publisher,
    ...{ downloads: null, stars: null },
  }));
  const { total, unread, corrections, missing, cut } = found;
  terminal.result({ query, total, unread, corrections, missing, cut, packages }, () =>
    text(query, found, options, terminal),
  );
  return undefined;
};

/** A hit with what is known of its name; and of which registry it is, where there are several. */
interface FoundHit extends SearchHit {
  readonly ratified: boolean;
  readonly registry?: string;
}

type Found = Omit<SearchResults, "hits"> & { readonly hits: readonly FoundHit[] };

async function searchEach(
  query: string,
  limit: number,
  options: Options,
  context: Context,
): Promise<readonly [Found, ...Found[]]> {
  const calls = everyCall(options, context);
  const found: Found[] = [];
  for (const call of calls) {
    const from = calls.length > 1 ? { registry: call.text("registry") ?? "" } : {};
    found.push(
      await onRegistry(call, context, async (registry) => {
        const results = await registry.search(query, { limit, explain: options.flag("explain") });
        const names = await ratifiedNames(registry);
        const hits = results.hits.map((hit) => ({
          ...hit,
          ...from,
          ratified: names?.has(hit.name) ?? false,
        }));
        return { ...results, hits };
      }),
    );
  }
  const [first, ...more] = found;
  if (first === undefined) throw new Error("a call means one registry at least");
  return [first, ...more];
}

/** The results of several registries as one list, the best first; what is said of the words is said once. */
function merged([first, ...more]: readonly [Found, ...Found[]], limit: number): Found {
  if (more.length === 0) return first;
  const all = [first, ...more];
  const hits = all.flatMap((found) => found.hits).sort((a, b) => b.score - a.score);
  const sum = (of: (found: Found) => number) => all.reduce((total, found) => total + of(found), 0);
  return {
    ...first,
    ...{ hits: hits.slice(0, limit), total: sum(({ total }) => total), unread: sum(({ unread }) => unread) },
    missing: first.missing.filter((word) => more.every(({ missing }) => missing.includes(word))),
  };
}

function text(query: string, { total, unread, hits }: Found, options: Options, terminal: Terminal): string {
  if (hits.length === 0) return `No package matches "${visible(query)}".`;
  const asked = queryWords(query);
  const lines = hits.flatMap((hit) => {
    const marks = [...(hit.deprecated ? [" deprecated"] : []), ...(hit.ratified ? [] : [" not ratified"])];
    const mark = marks.map((word) => terminal.style("yellow", word)).join("");
    const from = hit.registry === undefined ? "" : ` in ${hit.registry}`;
    const by = terminal.style("dim", `${visible(hit.kind)} by ${visible(hit.publisher)}${from}`);
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
