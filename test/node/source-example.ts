/** A small registry source, written to disk for the tests that read one. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { SourceTree } from "../../src/build/source.ts";

export const release = "packages/alpha/1.0.0";

export const EXAMPLE_SOURCE: Readonly<Record<string, string>> = {
  "registry.toml": "format = 1\n",
  "README.md": "not registry data\n",
  "publishers/alice/statements/0001.toml": "format = 1\n",
  [`${release}/package.toml`]: "format = 1\n",
  [`${release}/SHA256SUMS`]: sums(
    "package.toml",
    "content/README.md",
    "content/build/made.ttl",
    "content/a-b",
    "content/a/b",
  ),
  [`${release}/content/README.md`]: "# Alpha\nline\n",
  [`${release}/content/a/b`]: "b\n",
  [`${release}/content/a-b`]: "a-b\n",
  "packages/beta/2.0.0/package.toml": "format = 1\n",
};

function sums(...paths: string[]): string {
  return paths.map((path) => `${"0".repeat(64)}  ${path}\n`).join("");
}

export function writeFiles(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

export const codes = (source: SourceTree) =>
  source.problems.map((problem) => `${problem.code} ${problem.file}`);
