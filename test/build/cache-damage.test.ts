import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RegistryError } from "../../src/base/error.ts";
import { CACHE_DAMAGED } from "../../src/build/blobs.ts";
import { differences, filesBelow, Room, type Tree } from "./room.ts";
import { twoPublishers } from "./stories.ts";

const ROUNDS = 60;

let room: Room;
let expected: Tree;
let whole: Buffer;

beforeAll(async () => {
  room = new Room();
  room.commit(twoPublishers().build());
  await room.build();
  expected = filesBelow(room.out);
  whole = readFileSync(room.cacheFile);
});

afterAll(() => room.remove());

/** As `judge` does it: what is damaged half way is done again without the cache. */
async function buildOver(damaged: Uint8Array): Promise<void> {
  writeFileSync(room.cacheFile, damaged);
  try {
    await room.build();
  } catch (error) {
    if (!(error instanceof RegistryError) || error.code !== CACHE_DAMAGED) throw error;
    await room.build({ cache: false });
  }
}

describe("a damaged cache never changes what is built:", () => {
  it("a byte changed, anywhere", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const damaged = Uint8Array.from(whole);
      const at = Math.floor((round * whole.length) / ROUNDS);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      await buildOver(damaged);
      expect(differences(filesBelow(room.out), expected)).toEqual([]);
    }
  });

  it("cut off, empty, of another kind", async () => {
    for (const damaged of [whole.subarray(0, whole.length / 2), new Uint8Array(0), Buffer.from("{}")]) {
      await buildOver(damaged);
      expect(differences(filesBelow(room.out), expected)).toEqual([]);
    }
  });

  it("the cache of another registry", async () => {
    const other = new Room();
    other.commit(twoPublishers({ iri: "https://other.example/" }).build());
    await other.build();
    await buildOver(readFileSync(other.cacheFile));
    other.remove();
    expect(differences(filesBelow(room.out), expected)).toEqual([]);
  });
});
