import { describe, expect, it } from "vitest";
import { readTrustRoot } from "../../src/trust/trust-root.ts";
import { TEST_IRI } from "../support/a-registry.ts";
import { alice, maintainer } from "../support/fixture-keys.ts";
import { codesOf, take } from "../support/judge.ts";

const FILE = "trust/maintainers.toml";
const keys = [maintainer.publicKey.openssh, alice.publicKey.openssh];

describe("the root of trust", () => {
  it("has the registry and its maintainers", () => {
    const root = take(readTrustRoot(TEST_IRI, keys, FILE));
    expect(root).toEqual({ registry: TEST_IRI, maintainers: [maintainer.publicKey, alice.publicKey] });
  });

  it("may have no maintainer", () => expect(take(readTrustRoot(TEST_IRI, [], FILE)).maintainers).toEqual([]));

  it("never counts one key twice, whatever its comment", () => {
    const twice = readTrustRoot(TEST_IRI, [...keys, `${keys[0]} again`], FILE);
    expect(codesOf(twice)).toEqual(["MAINTAINER_TWICE"]);
    expect(twice.ok ? undefined : twice.problems[0]?.place).toBe("keys.2");
  });

  it("tells every key that is refused", () => {
    expect(codesOf(readTrustRoot(TEST_IRI, ["x", "ssh-rsa AAAA"], FILE))).toEqual([
      "KEY_MALFORMED",
      "KEY_KIND",
    ]);
  });
});
