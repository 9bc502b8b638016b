import { nearest } from "../base/nearest.ts";
import { visible } from "../base/visible.ts";
import { cacheStats, clearCache, verifyCache } from "../node/cache-folder.ts";
import { homeFolders } from "../node/home.ts";
import { type Context, type Run, UsageError } from "./command.ts";
import { plural } from "./refused.ts";
import { table } from "./terminal.ts";

const ACTIONS: Readonly<Record<string, (folder: string, context: Context) => void>> = {
  stats,
  clear,
  verify,
};

export const run: Run = async ([action = ""], _options, context) => {
  const { cache } = homeFolders(context.environment);
  const act = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (act === undefined) {
    const meant = nearest(action, Object.keys(ACTIONS));
    throw new UsageError(
      `Unknown action "${action}"${meant === undefined ? "" : `; did you mean "${meant}"?`}`,
      `there are ${Object.keys(ACTIONS).join(", ")}`,
    );
  }
  act(cache, context);
  return undefined;
};

function stats(folder: string, { terminal }: Context): void {
  const found = cacheStats(folder);
  const rows = Object.entries(found.parts).map(([part, { files, bytes }]) => [
    part,
    plural(files, "file"),
    kilobytes(bytes),
  ]);
  terminal.result(found, () => `${visible(folder)}\n${table(rows, terminal.width)}`);
}

function clear(folder: string, { terminal }: Context): void {
  const gone = clearCache(folder);
  terminal.result(
    { ...gone, cleared: true },
    () =>
      `Deleted ${plural(gone.files, "file")}, ${kilobytes(gone.bytes)}. What was seen of each registry is kept elsewhere: no older view is accepted for it.`,
  );
}

function verify(folder: string, { terminal }: Context): void {
  const { checked, damaged } = verifyCache(folder);
  terminal.result({ folder, checked, damaged }, () =>
    [
      ...damaged.map((file) => `damaged, and deleted: ${visible(file)}`),
      `${plural(checked, "file")} checked, ${damaged.length} damaged.`,
    ].join("\n"),
  );
}

function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024)} kB`;
}
