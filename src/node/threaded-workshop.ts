/**
 * A workshop of several threads. A small build never starts them: their start costs more than its work.
 *
 *     main ── { id, kind, work } ─► worker       one worker a core, each with a few pieces at hand;
 *     main ◄─ { id, done } ──────── worker       a piece goes to the one with the fewest
 */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { localWorkshop, type Workshop, type WorkshopContext } from "../build/workshop.ts";
import { nodeTrustPorts } from "./crypto.ts";

/** Documents whose index is made in the main thread. */
const LOCAL_DOCUMENTS_MAX = 4096;
/** Pieces that are done in the main thread before threads are worth their start. */
const LOCAL_PIECES_MAX = 48;
const THREADS_MAX = 8;
/**
 * Far more than any piece needs. V8 collects a heap that may have 2 GiB only once it has grown to four times
 * what is alive, and a smaller one at twice: threads that each wait so long would need a gigabyte together.
 */
const HEAP_LIMITS = { maxOldGenerationSizeMb: 2000, maxYoungGenerationSizeMb: 24 } as const;

type Kind = Exclude<keyof Workshop, "close">;
export type Work = { [K in Kind]: { readonly kind: K; readonly work: Parameters<Workshop[K]>[0] } }[Kind];
export type Question = Work & { readonly id: number };
export type Answer =
  | { readonly id: number; readonly done: unknown }
  | { readonly id: number; readonly error: unknown };

declare const __PROGRAM__: string | undefined;

/** Beside this file: bundled in the program as it is shipped, a source where it is run from its sources. */
const WORKER = typeof __PROGRAM__ === "string" ? "./compile-worker.js" : "./compile-worker.ts";

export function openThreadedWorkshop(context: WorkshopContext): Workshop {
  const local = localWorkshop(context, nodeTrustPorts);
  if (availableParallelism() === 1) return local;
  let pieces = 0;
  let threads: Threads | undefined;
  const isFew = () => threads === undefined && ++pieces <= LOCAL_PIECES_MAX;
  const isSmall = (documents: number) => threads === undefined && documents <= LOCAL_DOCUMENTS_MAX;
  const inThread = <T>(work: Work): Promise<T> => {
    threads ??= new Threads(context);
    return threads.run(work) as Promise<T>;
  };
  return {
    release: (work) => (isFew() ? local.release(work) : inThread({ kind: "release", work })),
    package: (work) => (isFew() ? local.package(work) : inThread({ kind: "package", work })),
    invertTerms: (work) =>
      isSmall(work.firstId + work.documents.length)
        ? local.invertTerms(work)
        : inThread({ kind: "invertTerms", work }),
    invertNames: (work) =>
      isSmall(work.length) ? local.invertNames(work) : inThread({ kind: "invertNames", work }),
    deflate: (work) => (isFew() ? local.deflate(work) : inThread({ kind: "deflate", work })),
    close: async () => threads?.close(),
  };
}

interface Waiting {
  readonly worker: BusyWorker;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

interface BusyWorker {
  readonly worker: Worker;
  pieces: number;
}

class Threads {
  readonly #workers: readonly BusyWorker[];
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  #failure: unknown;

  constructor(context: WorkshopContext) {
    const count = Math.min(THREADS_MAX, availableParallelism());
    this.#workers = Array.from({ length: count }, () => ({ worker: this.#start(context), pieces: 0 }));
  }

  #start(context: WorkshopContext): Worker {
    const worker = new Worker(new URL(WORKER, import.meta.url), {
      workerData: context,
      resourceLimits: HEAP_LIMITS,
    });
    worker.on("message", (answer: Answer) => this.#take(answer));
    worker.on("error", (error) => this.#fail(error));
    worker.on("messageerror", (error) => this.#fail(error));
    worker.on("exit", (code) => this.#fail(new Error(`a worker thread ended with code ${code}`)));
    return worker;
  }

  #take(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    if (waiting === undefined) return;
    this.#waiting.delete(answer.id);
    waiting.worker.pieces--;
    if ("error" in answer) waiting.reject(answer.error);
    else waiting.resolve(answer.done);
  }

  /** A thread that dies takes the build with it: nobody would answer for its pieces. */
  #fail(error: unknown): void {
    this.#failure ??= error;
    for (const waiting of this.#waiting.values()) waiting.reject(this.#failure);
    this.#waiting.clear();
  }

  run(work: Work): Promise<unknown> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const id = this.#next++;
    const worker = this.#workers.reduce((idlest, each) => (each.pieces < idlest.pieces ? each : idlest));
    worker.pieces++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { worker, resolve, reject });
      worker.worker.postMessage({ id, ...work } satisfies Question);
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map(({ worker }) => worker.terminate()));
  }
}
