import { describe, expect, test } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { MAINTAINER_KEYS_MAX } from "../../src/manifest/maintainers-toml.ts";
import {
  DEFAULT_LIFETIMES,
  DEFAULT_LIMITS,
  LIMIT_CEILINGS,
  type Limits,
  parseMaintainersToml,
  parseRegistryToml,
  writeMaintainersToml,
  writeRegistryToml,
} from "../../src/manifest/registry-toml.ts";
import { KEY, OTHER_KEY } from "./keys.ts";
import { accepted, codesOf, problemOf } from "./problems.ts";

const read = (text: string) => parseRegistryToml(utf8(text), "registry.toml");
const HEAD = `format = 1
name = "example"
title = "Example registry"
iri = "https://registry.example/"
`;

describe("registry.toml", () => {
  test("may be minimal: limits, trust, policy and rollout have defaults", () => {
    expect(accepted(read(HEAD))).toEqual({
      format: 1,
      name: "example",
      title: "Example registry",
      iri: "https://registry.example/",
      limits: DEFAULT_LIMITS,
      trust: DEFAULT_LIFETIMES,
      policy: { requireReadme: false },
      rollout: { backend: "v1" },
    });
  });

  test("is read whole, and written again", () => {
    const config = accepted(
      read(`${HEAD}description = "For tests"
base-url = "http://localhost:8080/"
[limits]
release-bytes-max = 1000
description-bytes-max = 500
[trust]
root-days = 3653
timestamp-days = 1
[policy]
require-readme = false
[rollout]
backend = "parallel"
percentage = 0
`),
    );
    expect(config).toMatchObject({
      description: "For tests",
      baseUrl: "http://localhost:8080/",
      limits: { ...DEFAULT_LIMITS, releaseBytesMax: 1000, descriptionBytesMax: 500 },
      trust: { ...DEFAULT_LIFETIMES, root: 3653, timestamp: 1 },
      policy: { requireReadme: false },
      rollout: { backend: "parallel", percentage: 0 },
    });
    expect(accepted(read(writeRegistryToml(config)))).toEqual(config);
  });

  const kebab = (limit: string) => limit.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

  test.each(Object.keys(LIMIT_CEILINGS) as (keyof Limits)[])(
    "%s may reach its ceiling and not pass it",
    (limit) => {
      const limited = (value: number | string) => read(`${HEAD}[limits]\n${kebab(limit)} = ${value}\n`);
      expect(accepted(limited(LIMIT_CEILINGS[limit])).limits[limit]).toBe(LIMIT_CEILINGS[limit]);
      expect(DEFAULT_LIMITS[limit]).toBeLessThanOrEqual(LIMIT_CEILINGS[limit]);
      for (const value of [LIMIT_CEILINGS[limit] + 1, 0, -1, 1.5, "inf"]) {
        expect(problemOf(limited(value), "REGISTRY_LIMIT")).toMatchObject({
          place: `limits.${kebab(limit)}`,
          line: 6,
        });
      }
    },
  );

  test.each([
    ["an IRI over http", 'iri = "http://registry.example/"', "REGISTRY_IRI"],
    ["an IRI without slash", 'iri = "https://registry.example/x"', "REGISTRY_IRI"],
    ["an IRI with a query", 'iri = "https://registry.example/?a/"', "REGISTRY_IRI"],
    ["a base URL without slash", 'base-url = "https://x.example/a"', "REGISTRY_BASE_URL"],
    ["a bad name", 'name = "Example"', "REGISTRY_NAME"],
    ["a title over two lines", 'title = "a\\nb"', "REGISTRY_TEXT"],
    ["an unknown key", 'baseurl = "x"', "REGISTRY_UNKNOWN_KEY"],
    ["an unknown limit", "[limits]\nbytes-max = 1", "REGISTRY_UNKNOWN_KEY"],
    ["a lifetime of more than ten years", "[trust]\nroot-days = 3654", "REGISTRY_LIFETIME"],
    ["a lifetime of no day", "[trust]\ntimestamp-days = 0", "REGISTRY_LIFETIME"],
    ["a lifetime of an unknown role", "[trust]\nindex-days = 7", "REGISTRY_UNKNOWN_KEY"],
    ["an unknown policy", "[policy]\nsign = false", "REGISTRY_UNKNOWN_KEY"],
    ["an extension", "[x-a]", "REGISTRY_UNKNOWN_KEY"],
    ["a backend that is none", '[rollout]\nbackend = "v3"', "REGISTRY_NOT_IN_LIST"],
    ["a percentage over 100", '[rollout]\nbackend = "parallel"\npercentage = 101', "REGISTRY_PERCENTAGE"],
    [
      "a percentage without two backends",
      '[rollout]\nbackend = "v2"\npercentage = 10',
      "REGISTRY_PERCENTAGE",
    ],
  ])("%s is refused", (_, line, code) => {
    const key = line.split(" = ", 1)[0] ?? "";
    const kept = HEAD.split("\n").filter((other) => !other.startsWith(`${key} = `));
    const result = read(`${kept.join("\n")}\n${line}\n`);
    expect(codesOf(result)).toEqual([code]);
    problemOf(result, code);
  });
});

describe("trust/maintainers.toml", () => {
  const list = (keys: readonly string[]) =>
    parseMaintainersToml(utf8(`format = 1\nkeys = ${JSON.stringify(keys)}\n`), "trust/maintainers.toml");

  test("is read, and written again", () => {
    for (const keys of [[], [KEY], [KEY, OTHER_KEY]]) {
      const config = accepted(list(keys));
      expect(config).toEqual({ format: 1, keys });
      expect(accepted(parseMaintainersToml(utf8(writeMaintainersToml(config)), "m"))).toEqual(config);
    }
  });

  test("every bad key is named by its position, and no key is listed twice", () => {
    const result = list([KEY, `${KEY} bob`, "ssh-rsa AAAA"]);
    expect(codesOf(result)).toEqual(["MAINTAINERS_KEY", "MAINTAINERS_KEY"]);
    expect(result.ok ? [] : result.problems.map((p) => p.place)).toEqual(["keys[1]", "keys[2]"]);
    expect(codesOf(list([KEY, KEY]))).toEqual(["MAINTAINERS_KEYS"]);
  });

  test("at most MAINTAINER_KEYS_MAX keys are listed", () => {
    // The last byte of the blob lies in the last digits of the base64.
    const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const keys = Array.from(
      { length: MAINTAINER_KEYS_MAX + 1 },
      (_, index) => `${KEY.slice(0, -2)}${index === 64 ? "BB" : `A${digits[index]}`}`,
    );
    expect(list(keys.slice(0, -1)).ok).toBe(true);
    expect(codesOf(list(keys))).toEqual(["MAINTAINERS_KEYS"]);
  });
});
