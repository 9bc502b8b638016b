/**
 * Where this process writes: a terminal by Node's own stream, which knows how wide it is; a pipe or a file
 * directly, for to set up a stream takes longer than most answers.
 *
 * `list | head -1`: nobody reads any more, and that is no error. What else cannot be written is thrown.
 */
import { fstatSync, statSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { devNull } from "node:os";
import type { Stream } from "./terminal.ts";

const load = createRequire(import.meta.url);
/** A pipe that others have made non-blocking may be full: its reader is waited for. */
const FULL_PIPE_WAIT_MS = 5;

export function outputStream(descriptor: 1 | 2): Stream {
  if (!isTerminal(descriptor)) return new Direct(descriptor);
  const stream = descriptor === 1 ? process.stdout : process.stderr;
  // A terminal that was closed: nobody reads any more.
  stream.on("error", () => {});
  return stream;
}

function isTerminal(descriptor: number): boolean {
  try {
    const stat = fstatSync(descriptor);
    // Nor the null device: a script that throws the answer away is not to wait for a terminal's stream.
    if (!stat.isCharacterDevice() || stat.rdev === statSync(devNull).rdev) return false;
  } catch {
    // Closed before we began: writing to it will say so. Or a system whose null device is no file.
    return false;
  }
  return (load("node:tty") as typeof import("node:tty")).isatty(descriptor);
}

class Direct implements Stream {
  readonly #descriptor: number;
  #isClosed = false;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  write(text: string): void {
    let rest: Uint8Array = Buffer.from(text);
    while (rest.length > 0 && !this.#isClosed) {
      try {
        rest = rest.subarray(writeSync(this.#descriptor, rest));
      } catch (error) {
        const code = error instanceof Error && "code" in error ? error.code : undefined;
        if (code === "EPIPE" || code === "EBADF") this.#isClosed = true;
        else if (code === "EAGAIN") wait(FULL_PIPE_WAIT_MS);
        else throw error;
      }
    }
  }
}

function wait(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
