import { describe, expect, it } from "vitest";
import { writeAllowedSigners } from "../../src/trust/allowed-signers.ts";
import { aRegistry } from "../support/a-registry.ts";
import { alice, aliceNext, bob, mallory } from "../support/fixture-keys.ts";
import { publishersOf } from "../support/judge.ts";

const NAMESPACES = 'namespaces="ggen-marketplace-release,ggen-marketplace-statement"';

describe("allowed_signers", () => {
  it("has a line for each key that is active or retired, with its namespaces", () => {
    const files = aRegistry().publisher(bob).publisher(alice).addKey(aliceNext, { replaces: alice }).build();
    const lines = writeAllowedSigners(publishersOf(files)).split("\n");
    const expected = [
      ...[alice, aliceNext].map((key) => `alice ${NAMESPACES} ${key.publicKey.openssh}`).sort(),
      `bob ${NAMESPACES} ${bob.publicKey.openssh}`,
      "",
    ];
    expect(lines).toEqual(expected);
  });

  it("leaves out a revoked key", () => {
    const files = aRegistry().publisher(alice).addKey(aliceNext).revokeKey(alice).build();
    expect(writeAllowedSigners(publishersOf(files))).toBe(
      `alice ${NAMESPACES} ${aliceNext.publicKey.openssh}\n`,
    );
  });

  it("is the same in whatever order publishers come", () => {
    const states = publishersOf(aRegistry().publisher(alice).publisher(bob).build());
    expect(writeAllowedSigners(new Map([...states].reverse()))).toBe(writeAllowedSigners(states));
  });

  it("has no valid-before: old releases of a retired key must verify", () => {
    const files = aRegistry().publisher(alice).addKey(aliceNext, { replaces: alice }).build();
    expect(writeAllowedSigners(publishersOf(files))).not.toContain("valid-");
  });

  it("has nothing that a publisher wrote freely: a title with a line feed is no second line", () => {
    const title = `Alice\n* ${mallory.publicKey.openssh}`;
    const written = writeAllowedSigners(
      publishersOf(aRegistry().publisher(alice, { title }).publisher(bob).build()),
    );
    expect(written).not.toContain(mallory.publicKey.openssh);
  });

  it("of nobody is empty", () => expect(writeAllowedSigners(new Map())).toBe(""));
});
