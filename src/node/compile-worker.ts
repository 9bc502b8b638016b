/** A thread of the threaded workshop: takes pieces of work, answers each. */
import { parentPort, workerData } from "node:worker_threads";
import { localWorkshop, type WorkshopContext } from "../build/workshop.ts";
import { nodeTrustPorts } from "./crypto.ts";
import type { Answer, Question } from "./threaded-workshop.ts";

const workshop = localWorkshop(workerData as WorkshopContext, nodeTrustPorts);

parentPort?.on("message", async (question: Question) => {
  const { id } = question;
  try {
    parentPort?.postMessage({ id, done: await answerTo(question) } satisfies Answer);
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
    case "deflate":
      return workshop.deflate(question.work);
  }
}
