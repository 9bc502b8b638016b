/**
 * A workshop of several threads. A small build never starts them: their start costs more than its work.
 *
 *     main ── { id, work } ─► worker        one worker a core, each busy with a few pieces at a time
 *     main ◄─ { id, done } ── worker
 */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { localWorkshop, type PackageWork, type ReleaseWork, type Workshop, type WorkshopContext } from "../build/workshop.ts";
import { nodeTrustPorts } from "./crypto.ts";

/** Pieces that are done in the main thread before threads are worth their start. */
const LOCAL_PIECES_MAX = 48;
const THREADS_MAX = 8;

export type Work = { readonly kind: "release"; readonly work: ReleaseWork } | { readonly kind: "package"; readonly work: PackageWork };
export type Answer = { readonly id: number; readonly done: unknown } | { readonly id: number; readonly error: unknown };

declare const __PROGRAM__: string | undefined;

export function openThreadedWorkshop(context: WorkshopContext): Workshop {
  const local = localWorkshop(context, nodeTrustPorts);
  // Run from its sources the worker's file is another; threads are for the program as it is shipped.
  const mayThread = typeof __PROGRAM__ === "string" && availableParallelism() > 1;
  let pieces = 0;
  let threads: Threads | undefined;
  const run = (work: Work): Promise<unknown> | undefined => {
    if (!mayThread || ++pieces <= LOCAL_PIECES_MAX) return undefined;
    threads ??= new Threads(context);
    return threads.run(work);
  };
  return {
    release: (work) => (run({ kind: "release", work }) as ReturnType<Workshop["release"]> | undefined) ?? local.release(work),
    package: (work) => (run({ kind: "package", work }) as ReturnType<Workshop["package"]> | undefined) ?? local.package(work),
    close: async () => threads?.close(),
  };
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

class Threads {
  readonly #workers: Worker[];
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;

  constructor(context: WorkshopContext) {
    const count = Math.min(THREADS_MAX, availableParallelism());
    this.#workers = Array.from({ length: count }, () => this.#start(context));
  }

  #start(context: WorkshopContext): Worker {
    const worker = new Worker(new URL("./compile-worker.js", import.meta.url), { workerData: context });
    worker.on("message", (answer: Answer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if ("error" in answer) waiting?.reject(answer.error);
      else waiting?.resolve(answer.done);
    });
    worker.on("error", (error) => this.#fail(error));
    worker.on("exit", (code) => this.#fail(new Error(`a worker thread ended with code ${code}`)));
    return worker;
  }

  /** A thread that dies takes the build with it: nobody would answer for its pieces. */
  #fail(error: unknown): void {
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }

  run(work: Work): Promise<unknown> {
    const id = this.#next++;
    const worker = this.#workers[id % this.#workers.length];
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker?.postMessage({ id, ...work });
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
