/** `npm start`: builds everything, then serves it and says what to try. `npm start -- --registry DIR --out DIR` likewise. */
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { buildAll, CLI, siteOfCall } from "./build.ts";

const PORT_DEFAULT = 4321;
const PORT_MAX = 65_535;

/** The port, or the end of this process with what is wrong with it: before anything is built or promised. */
async function portToServe(): Promise<number> {
  const { PORT } = process.env;
  const port = PORT === undefined || PORT === "" ? PORT_DEFAULT : Number(PORT);
  if (!(Number.isInteger(port) && port >= 1 && port <= PORT_MAX))
    stop(`PORT takes a whole number from 1 to ${PORT_MAX}, got "${PORT}"`);
  const fault = await faultOf(port);
  if (fault !== undefined) stop(`Cannot listen at localhost:${port}: ${fault}`);
  return port;
}

function faultOf(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code === "EADDRINUSE" ? "another program does" : error.message),
    );
    probe.listen(port, "localhost", () => probe.close(() => resolve(undefined)));
  });
}

function stop(message: string): never {
  console.error(`error: ${message}\nhint: choose another port: PORT=8080 npm start`);
  process.exit(1);
}

const site = siteOfCall("npm start");
const port = await portToServe();
// Signed also where CI is set: what is tried here is on this machine alone.
await buildAll(site, "--development");
const server = spawn(process.execPath, [CLI, "serve", site.out, "--port", String(port), "--quiet"], {
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => server.kill(signal));
server.on("exit", (code) => process.exit(code ?? 0));
console.log(`
The registry and its catalogue: http://localhost:${port}

Three things to try, in another terminal:
  node ${CLI} search sql --registry ${site.out}
  node ${CLI} show owl-to-sql --registry ${site.out}
  node ${CLI} install owl-to-sql --registry http://localhost:${port}/ --project /tmp/try
`);
