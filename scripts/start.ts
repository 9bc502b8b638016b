/** `npm start`: builds everything, then serves it and says what to try. */
import { spawn } from "node:child_process";
import { buildAll, CLI, SITE } from "./build.ts";

await buildAll();
const port = process.env.PORT ?? "4321";
const server = spawn(process.execPath, [CLI, "serve", SITE, "--port", port, "--quiet"], { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => server.kill(signal));
server.on("exit", (code) => process.exit(code ?? 0));
console.log(`
The registry and its catalogue: http://localhost:${port}

Three things to try, in another terminal:
  node ${CLI} search sql --registry ${SITE}
  node ${CLI} show owl-to-sql --registry ${SITE}
  node ${CLI} install owl-to-sql --registry http://localhost:${port}/ --project /tmp/try
`);
