import { describe, expect, it } from "vitest";
import { checkKeysUnique } from "../../src/trust/publisher-chain.ts";
import { aRegistry } from "../support/a-registry.ts";
import { alice, aliceNext, bob } from "../support/fixture-keys.ts";
import { codesOf, publishersOf } from "../support/judge.ts";

describe("one key is one publisher", () => {
  it("a key registered by two publishers is told", () => {
    const files = aRegistry().publisher(alice).publisher(alice, { name: "alice-again" }).build();
    const problems = checkKeysUnique(publishersOf(files));
    expect(problems).toMatchObject([
      { code: "KEY_SHARED", file: "publishers/alice-again/statements", found: alice.publicKey.id },
    ]);
  });

  it("a key added by one and registered by another is told, in whatever order they come", () => {
    const files = aRegistry().publisher(bob).publisher(alice).addKey(bob).build();
    const states = publishersOf(files);
    expect(codesOf(checkKeysUnique(states))).toEqual(["KEY_SHARED"]);
    expect(checkKeysUnique(new Map([...states].reverse()))).toEqual(checkKeysUnique(states));
  });

  it("keys that differ are not", () => {
    expect(
      checkKeysUnique(publishersOf(aRegistry().publisher(alice).addKey(aliceNext).publisher(bob).build())),
    ).toEqual([]);
  });
});
