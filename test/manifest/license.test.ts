import { describe, expect, test } from "vitest";
import {
  deprecatedLicenses,
  isSpdxExpression,
  LICENSE_CHARS_MAX,
  suggestLicense,
} from "../../src/manifest/license.ts";

describe("licences", () => {
  test.each([
    "MIT",
    "NOASSERTION",
    "MIT OR Apache-2.0",
    "(MIT OR Apache-2.0) AND CC-BY-4.0",
    "GPL-2.0-or-later WITH Classpath-exception-2.0",
    "Apache-2.0+",
    "LicenseRef-Proprietary",
    "mit".toUpperCase(),
  ])("%s is an expression", (text) => {
    expect(isSpdxExpression(text)).toBe(true);
  });

  test.each([
    "",
    " ",
    "MIT ",
    " MIT",
    "mit",
    "Apache 2.0",
    "MIT OR",
    "OR MIT",
    "MIT Or Apache-2.0",
    "MIT ORApache-2.0",
    "(MIT",
    "NONE",
    "MIT/Apache-2.0",
    "MIT\nOR Apache-2.0",
    "DocumentRef-a:",
    "(".repeat(200),
  ])("%j is none", (text) => {
    expect(isSpdxExpression(text)).toBe(false);
  });

  test("an expression is at most LICENSE_CHARS_MAX characters", () => {
    const terms = (count: number) => Array(count).fill("MIT").join(" OR ");
    const longest = terms(Math.floor((LICENSE_CHARS_MAX + 4) / 7));
    expect(isSpdxExpression(longest)).toBe(true);
    expect(isSpdxExpression(`${longest} OR MIT`)).toBe(false);
  });

  test.each([
    ["mit", "MIT"],
    ["MIT License", "MIT"],
    ["The MIT License", "MIT"],
    ["Apache 2.0", "Apache-2.0"],
    ["Apache License, Version 2.0", undefined],
    ["Apache2", "Apache-2.0"],
    ["Apache-2", "Apache-2.0"],
    ["GPLv3", "GPL-3.0-only"],
    ["MPL 2.0", "MPL-2.0"],
    ["MIT/Apache-2.0", "MIT OR Apache-2.0"],
    ["mit or apache-2.0", "MIT OR Apache-2.0"],
    ["Proprietary", "LicenseRef-Proprietary"],
    ["None", "NOASSERTION"],
    ["all rights reserved by us", undefined],
  ])("for %j the suggestion is %j", (text, suggestion) => {
    expect(suggestLicense(text)).toBe(suggestion);
  });

  test("identifiers that SPDX replaced are named", () => {
    expect(deprecatedLicenses("(GPL-3.0 OR MIT)")).toEqual(["GPL-3.0"]);
    expect(deprecatedLicenses("GPL-3.0-only")).toEqual([]);
  });
});
