import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differences, filesBelow, orderOf, Room, reordered, snapshotOf } from "./room.ts";
import { twoPublishers } from "./stories.ts";

describe("the same source gives the same bytes", () => {
  it("in whatever order its files come", async () => {
    const files = twoPublishers().build();
    const expected = await snapshotOf(files);
    await fc.assert(
      fc.asyncProperty(orderOf(files.size), async (order) => {
        expect(differences(await snapshotOf(reordered(files, order)), expected)).toEqual([]);
      }),
      { numRuns: 8 },
    );
  });

  it("in memory, in a plain folder, and in a git checkout", async () => {
    const files = twoPublishers().build();
    const inMemory = await snapshotOf(files);
    const [plain, checkout] = [new Room(), new Room()];
    try {
      plain.write(files);
      checkout.commit(files);
      expect(differences(await plain.coldTree(), inMemory)).toEqual([]);
      expect(differences(await checkout.coldTree(), inMemory)).toEqual([]);
      await checkout.build();
      expect(differences(filesBelow(checkout.out), inMemory)).toEqual([]);
    } finally {
      plain.remove();
      checkout.remove();
    }
  });
});
