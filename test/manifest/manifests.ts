/** package.toml files for tests: one that is good, and ways to spoil it. */
import { utf8 } from "../../src/base/bytes.ts";
import { parsePackageToml } from "../../src/manifest/package-toml.ts";

export const FILE = "packages/invoice-shapes/1.2.0/package.toml";

export const GOOD = `format = 1

[package]
name = "invoice-shapes"
version = "1.2.0"
publisher = "acme"
description = """
Shapes for invoices

They check totals and currencies."""
license = "MIT OR Apache-2.0"
kind = "shapes"
category = "finance"
keywords = ["invoice", "shacl"]
authors = ["A. Person <a@example.org>"]
repository = "https://example.org/invoice-shapes"
homepage = "https://example.org/"
published = 2026-01-31

[dependencies]
currency-codes = "^2.0.0"
constructor = "*"

[optional-dependencies]
tax-rates = ">=1 <3"

[dev-dependencies]
test-data = "1.x"

[requires]
ggen = ">=6.0.0"

[x-acme]
anything = { goes = [1, "two"] }
`;

export const MINIMAL = `format = 1
[package]
name = "a"
version = "0.1.0"
publisher = "b"
description = "c"
license = "NOASSERTION"
`;

/** `GOOD` with the line of `key` replaced by `line`; `key` is the line's beginning. */
export function goodWith(key: string, line: string): string {
  const lines = GOOD.split("\n");
  const at = lines.findIndex((candidate) => candidate.startsWith(key));
  if (at < 0) throw new Error(`no line begins with ${key}`);
  lines[at] = line;
  return lines.join("\n");
}

export function readManifest(text: string) {
  return parsePackageToml(utf8(text), FILE);
}
