import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parsePackageToml } from "../../src/manifest/package-toml.ts";
import { checkPath, checkPathSet } from "../../src/manifest/path.ts";

const DATA = join(import.meta.dirname, "../../../shared/data");
const NOVEMBER = join(DATA, "ggen-v1/november-2025/packages");
const PACKS = join(DATA, "ggen-packs");

describe.skipIf(!existsSync(NOVEMBER))(
  "package.toml files of November 2025 (skipped without ../shared/data)",
  () => {
    const files = existsSync(NOVEMBER)
      ? readdirSync(NOVEMBER)
          .sort()
          .map((name) => join(NOVEMBER, name, "package.toml"))
          .filter((file) => existsSync(file))
      : [];

    test("there are some", () => {
      expect(files.length).toBeGreaterThan(50);
    });

    test.each(files.map((file) => [file.slice(NOVEMBER.length + 1), file]))(
      "%s is refused with its problems, not thrown at",
      (name, file) => {
        const bytes = readFileSync(file);
        const lines = bytes.toString().split("\n").length;
        const result = parsePackageToml(bytes, name);
        expect(result.ok).toBe(false);
        if (result.ok) return;
        expect(result.problems.length).toBeGreaterThan(0);
        for (const problem of result.problems) {
          expect(problem).toMatchObject({ file: name, severity: "error" });
          expect(problem.remedy).not.toBe("");
          if (problem.line !== undefined) expect(problem.line).toBeLessThanOrEqual(lines);
          // What stands in the file has a line; only what is missing may have none.
          if (!problem.code.endsWith("_MISSING_KEY") && problem.code !== "TOO_MANY_PROBLEMS")
            expect(problem.line).toBeGreaterThan(0);
        }
      },
    );
  },
);

describe.skipIf(!existsSync(PACKS))(
  "paths of the packs of August 2026 (skipped without ../shared/data)",
  () => {
    test("every path is accepted, and none clashes within its pack", () => {
      for (const pack of existsSync(PACKS) ? readdirSync(PACKS) : []) {
        const paths = readdirSync(join(PACKS, pack), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name).slice(join(PACKS, pack).length + 1));
        for (const path of paths) expect([path, checkPath(path)]).toEqual([path, undefined]);
        expect(checkPathSet(paths)).toEqual([]);
      }
    });
  },
);
