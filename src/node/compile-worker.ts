/** A thread of the threaded workshop: takes pieces of work, answers each. */
import { parentPort, workerData } from "node:worker_threads";
import { localWorkshop, type WorkshopContext } from "../build/workshop.ts";
import { nodeTrustPorts } from "./crypto.ts";
import type { Answer, Work } from "./threaded-workshop.ts";

const workshop = localWorkshop(workerData as WorkshopContext, nodeTrustPorts);

parentPort?.on("message", async (message: Work & { readonly id: number }) => {
  const { id } = message;
  try {
    const done = message.kind === "release" ? await workshop.release(message.work) : await workshop.package(message.work);
    parentPort?.postMessage({ id, done } satisfies Answer);
  } catch (error) {
    parentPort?.postMessage({ id, error } satisfies Answer);
  }
});
