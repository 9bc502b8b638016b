import { resolve } from "node:path";
import { RegistryError } from "../base/error.ts";
import { nearest } from "../base/nearest.ts";
import { visible } from "../base/visible.ts";
import { readProject } from "../node/project.ts";
import type { Run } from "./command.ts";
import { waysTo } from "./installed-graph-text.ts";

export const run: Run = async ([word = ""], options, { terminal }) => {
  const lock = readProject(resolve(options.text("project") ?? "."));
  const found = [...lock.packages].find(([name]) => name === word);
  if (found === undefined) {
    const meant = nearest(word, [...lock.packages.keys()]);
    throw new RegistryError(
      "NOT_INSTALLED",
      `"${visible(word)}" is not installed here${meant === undefined ? "" : `; did you mean "${meant}"?`}`,
      "`tree` shows what is",
    );
  }
  const [name, { version }] = found;
  const range = lock.roots.get(name);
  const ways = waysTo(lock, name);
  terminal.result({ package: name, version, asked: range ?? null, ways }, () =>
    [
      `${name} ${version}${range === undefined ? "" : `: you asked for it (${visible(range)})`}`,
      ...ways.filter((way) => way.length > 1).map((way) => `  ${way.join(" → ")}`),
      ...(ways.length === 0 ? ["  nothing leads to it: `install` puts that right"] : []),
    ].join("\n"),
  );
  return undefined;
};
