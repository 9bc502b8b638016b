import { resolve } from "node:path";
import { readProject } from "../node/project.ts";
import type { Run } from "./command.ts";
import { installedTree, type TreeNode } from "./installed-graph-text.ts";

export const run: Run = async (_args, options, { terminal }) => {
  const lock = readProject(resolve(options.text("project") ?? "."));
  const tree = installedTree(lock);
  terminal.result({ roots: Object.fromEntries(lock.roots), tree }, () => {
    if (tree.length === 0) return "Nothing is installed here.";
    return tree.flatMap((root) => [`${root.name} ${root.version}`, ...branches(root, "")]).join("\n");
  });
  return undefined;
};

function branches({ dependencies }: TreeNode, indent: string): string[] {
  return dependencies.flatMap((node, at) => {
    const isLast = at === dependencies.length - 1;
    const line = `${indent}${isLast ? "└" : "├"} ${node.name} ${node.version}${node.seen ? " (above)" : ""}`;
    return [line, ...branches(node, `${indent}${isLast ? " " : "│"} `)];
  });
}
