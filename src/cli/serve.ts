import { existsSync } from "node:fs";
import { join } from "node:path";
import { RegistryError } from "../base/error.ts";
import { quoted } from "../base/shell-word.ts";
import { serveFolder } from "../node/static-server.ts";
import type { Run } from "./command.ts";

const PORT_DEFAULT = 4321;
const PORT_MAX = 65_535;

export const run: Run = async (args, options, context) => {
  const folder = args[0] ?? "dist/site";
  if (!existsSync(join(folder, "registry.json"))) throw notServed(folder);
  const { PORT } = context.environment;
  const port = (PORT === undefined || PORT === "" ? options : options.otherwise("port", PORT)).whole(
    "port",
    PORT_DEFAULT,
    0,
    PORT_MAX,
  );
  const server = await serveFolder(folder, port, { host: options.text("host") ?? "localhost" });
  const pages = existsSync(join(folder, "index.html"));
  if (context.terminal.json) context.terminal.result({ folder, url: server.url, pages }, () => "");
  else context.terminal.notice(`Serving ${folder} at ${server.url} (Ctrl-C stops)`);
  if (!pages)
    context.terminal.note(
      "there are no catalogue pages in it, only what clients read; docs/operating.md says how to add them",
    );
  await server.stopped;
  return undefined;
};

function notServed(folder: string): RegistryError {
  if (existsSync(join(folder, "registry.toml")))
    return new RegistryError(
      "NOT_A_REGISTRY",
      `"${folder}" is a registry source (it has registry.toml), and what is served is a published tree`,
      `build it first: ggen-marketplace build --registry ${quoted(folder)} --out DIR, then serve DIR`,
    );
  return new RegistryError(
    "NOT_A_REGISTRY",
    `"${folder}" is not a published tree: it has no registry.json`,
    "build one: ggen-marketplace build --registry DIR --out DIR",
  );
}
