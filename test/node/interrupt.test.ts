import { spawn } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const MODULE = JSON.stringify(join(import.meta.dirname, "../../src/node/interrupt.ts"));

/** What a program that runs `body` and then waits says and ends with, when `signal` comes. */
function interrupted(
  body: string,
  signal: NodeJS.Signals,
): Promise<{ said: string; code: number | null; by: string | null }> {
  const script = `import { onInterrupt } from ${MODULE}; ${body}; console.log("ready"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", script], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stdout.on("data", (chunk) => {
    if (said === "") child.kill(signal);
    said += chunk;
  });
  return new Promise((resolve) => child.once("close", (code, by) => resolve({ said, code, by })));
}

describe.skipIf(process.platform === "win32")("an interrupt", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s runs what was registered, the last first, and ends with %i", async (signal, code) => {
    const body = 'onInterrupt(() => console.log("first")); onInterrupt(() => console.log("second"))';
    expect(await interrupted(body, signal)).toEqual({ said: "ready\nsecond\nfirst\n", code, by: null });
  });

  it("runs the others where one fails", async () => {
    const body = 'onInterrupt(() => console.log("first")); onInterrupt(() => { throw new Error("no") })';
    expect(await interrupted(body, "SIGINT")).toEqual({ said: "ready\nfirst\n", code: 130, by: null });
  });

  it("does not run what was withdrawn, and then ends the program as ever", async () => {
    const body = 'const withdraw = onInterrupt(() => console.log("never")); withdraw(); withdraw()';
    expect(await interrupted(body, "SIGINT")).toEqual({ said: "ready\n", code: null, by: "SIGINT" });
  });
});
