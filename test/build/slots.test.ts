import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { Slots } from "../../src/build/slots.ts";

it("lets no more than its number go on at once, in the order they came, also where one fails", async () => {
  const slots = new Slots(3);
  const [started, most]: [number[], { now: number; ever: number }] = [[], { now: 0, ever: 0 }];
  const work = (at: number) =>
    slots.use(async () => {
      started.push(at);
      most.ever = Math.max(most.ever, ++most.now);
      await turn();
      most.now--;
      if (at % 4 === 0) throw new Error(`${at}`);
      return at;
    });
  const results = await Promise.allSettled(Array.from({ length: 20 }, (_, at) => work(at)));
  expect(most).toEqual({ now: 0, ever: 3 });
  expect(started).toEqual(Array.from({ length: 20 }, (_, at) => at));
  expect(results.filter(({ status }) => status === "rejected")).toHaveLength(5);
});
