import { resolve } from "node:path";
import { RegistryError } from "../base/error.ts";
import { nearest } from "../base/nearest.ts";
import { visible } from "../base/visible.ts";
import type { PackageName } from "../manifest/name.ts";
import { clientTrustPorts } from "../node/crypto.ts";
import { packFolder } from "../node/installed-pack.ts";
import type { Lock } from "../node/lock.ts";
import { removePackages } from "../node/project.ts";
import type { Run } from "./command.ts";
import { inTurn } from "./in-turn.ts";
import { dependentsIn } from "./installed-graph-text.ts";
import { plural } from "./refused.ts";

export const run: Run = async (names, options, { terminal }) => {
  const project = resolve(options.text("project") ?? ".");
  const change = { force: options.flag("force"), hash: clientTrustPorts.hash, now: Date.now() };
  const { lock, roots, removed, notes, ggenToml } = await inTurn(project, terminal, (lock) => {
    const roots = new Set(names.map((name) => rootIn(lock, name)));
    return { lock, roots, ...removePackages(project, { roots }, change) };
  });
  for (const note of notes) terminal.note(note);
  const kept = [...roots].filter((name) => !removed.includes(name));
  for (const name of kept) terminal.note(`${name} stays: ${dependentsIn(lock, name).join(", ")} needs it`);
  terminal.result({ removed, kept, ggenToml }, () =>
    [
      ...removed.map((name) => `removed ${name} (${packFolder(name)})`),
      `${plural(removed.length, "package")} removed${ggenToml === "changed" ? "; [packs] in ggen.toml updated" : ""}.`,
    ].join("\n"),
  );
  return undefined;
};

/** What was asked for by its name; what came with it goes with it. */
function rootIn(lock: Lock, name: string): PackageName {
  const root = [...lock.roots.keys()].find((one) => one === name);
  if (root !== undefined) return root;
  const [entry] = [...lock.packages.keys()].filter((one) => one === name);
  if (entry !== undefined)
    throw new RegistryError(
      "NEEDED",
      `"${name}" was not asked for: ${dependentsIn(lock, entry).join(", ")} needs it; nothing was changed`,
      "remove what needs it, and it goes too",
    );
  const meant = nearest(name, [...lock.roots.keys()]);
  throw new RegistryError(
    "NOT_INSTALLED",
    `"${visible(name)}" is not installed here${meant === undefined ? "" : `; did you mean "${meant}"?`}`,
    lock.roots.size === 0 ? "nothing is" : `there are ${[...lock.roots.keys()].join(", ")}`,
  );
}
