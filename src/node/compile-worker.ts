/** A thread of the threaded workshop: takes pieces of work, answers each. */
import { parentPort, workerData } from "node:worker_threads";
import { localWorkshop, type WorkshopContext } from "../build/workshop.ts";
import { nodeTrustPorts } from "./crypto.ts";
import type { Answer, Question } from "./threaded-workshop.ts";

const workshop = localWorkshop(workerData as WorkshopContext, nodeTrustPorts);

parentPort?.on("message", async (question: Question) => {
  const { id } = question;
  try {
    const done = await answerTo(question);
    parentPort?.postMessage({ id, done } satisfies Answer, buffersIn(done));
  } catch (error) {
    parentPort?.postMessage({ id, error } satisfies Answer);
  }
});

function answerTo(question: Question): Promise<unknown> {
  switch (question.kind) {
    case "release":
      return workshop.release(question.work);
    case "package":
      return workshop.package(question.work);
    case "invertTerms":
      return workshop.invertTerms(question.work);
    case "invertNames":
      return workshop.invertNames(question.work);
    case "deflate":
      return workshop.deflate(question.work);
  }
}

/** How deep in an answer its byte arrays are: `value`, `archive`, `bytes`. */
const BYTES_DEPTH_MAX = 3;

/** The memory of the byte arrays that an answer is made of: it is handed over, and not copied. */
function buffersIn(done: unknown, depth = 0): ArrayBuffer[] {
  if (done instanceof Uint8Array) return owned(done);
  if (typeof done !== "object" || done === null || Array.isArray(done) || depth === BYTES_DEPTH_MAX)
    return [];
  return Object.values(done).flatMap((part) => buffersIn(part, depth + 1));
}

/** A view of a part of its buffer shares it with others, and stays here. */
function owned(bytes: Uint8Array): ArrayBuffer[] {
  const { buffer, byteLength } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}
