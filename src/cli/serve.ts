import { existsSync } from "node:fs";
import { join } from "node:path";
import { RegistryError } from "../base/error.ts";
import { serveFolder } from "../node/static-server.ts";
import type { Run } from "./command.ts";

const PORT_DEFAULT = 4321;
const PORT_MAX = 65_535;

export const run: Run = async (args, options, context) => {
  const folder = args[0] ?? "dist/site";
  if (!existsSync(join(folder, "registry.json")))
    throw new RegistryError(
      "NOT_A_REGISTRY",
      `"${folder}" is not a published tree: it has no registry.json`,
      "build one: ggen-marketplace build --registry DIR --out DIR",
    );
  const { PORT } = context.environment;
  const port = (PORT === undefined || PORT === "" ? options : options.otherwise("port", PORT)).whole(
    "port",
    PORT_DEFAULT,
    0,
    PORT_MAX,
  );
  const server = await serveFolder(folder, port, { host: options.text("host") ?? "localhost" });
  if (context.terminal.json) context.terminal.result({ folder, url: server.url }, () => "");
  else context.terminal.notice(`Serving ${folder} at ${server.url} (Ctrl-C stops)`);
  await server.stopped;
  return undefined;
};
