import { visible } from "../base/visible.ts";
import type { SearchHit } from "../search/query.ts";
import { type Context, type Options, type Run, UsageError } from "./command.ts";
import { openClientRegistry } from "./open-registry.ts";

const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 1000;

export const run: Run = async (args, options, context) => {
  const query = args.join(" ");
  if (query.trim() === "") throw new UsageError("What to search for? `list` prints every package");
  const limit = options.whole("limit", LIMIT_DEFAULT, 1, LIMIT_MAX);
  const registry = await openClientRegistry(options, context);
  const found = await registry.search(query, { limit, explain: options.flag("explain") });
  context.terminal.result({ query, total: found.total, packages: found.hits }, () => text(query, found.total, found.hits, options, context));
  return undefined;
};

function text(query: string, total: number, hits: readonly SearchHit[], options: Options, context: Context): string {
  if (hits.length === 0) return `No package matches "${visible(query)}".`;
  const { terminal } = context;
  const lines = hits.flatMap((hit) => {
    const mark = hit.deprecated ? terminal.style("yellow", " deprecated") : "";
    const head = `${terminal.style("bold", visible(hit.name))} ${visible(hit.version)}${mark} ${terminal.style("dim", `${visible(hit.publisher)} · ${visible(hit.kind)}`)}`;
    const score = options.flag("explain") ? [`    ${terminal.style("dim", visible(JSON.stringify(hit.explain ?? hit.score)))}`] : [];
    return [head, `    ${cut(visible(hit.summary), terminal.width - 4)}`, ...score];
  });
  const more = total > hits.length ? [`${total - hits.length} more: --limit ${Math.min(total, LIMIT_MAX)}`] : [];
  return [...lines, ...more].join("\n");
}

function cut(line: string, width: number): string {
  const characters = [...line];
  return characters.length <= width ? line : `${characters.slice(0, Math.max(20, width - 1)).join("")}…`;
}
