import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { layerFaults } from "../../scripts/layers.ts";

test("imports in src/ point one way, and only node/ and cli/ import node:", () => {
  expect(layerFaults("src")).toEqual([]);
});

test("an import against the layers, of node: in the model, and a folder without a layer are found", () => {
  const root = mkdtempSync(join(tmpdir(), "layers-"));
  const write = (file: string, text: string) => {
    mkdirSync(join(root, file, ".."), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  write("base/a.ts", 'import { b } from "../trust/b.ts";\n');
  write("trust/b.ts", 'import { readFileSync } from "node:fs";\n');
  write("misc/c.ts", "export const c = 1;\n");
  write("client/d.ts", 'const lazy = () => import("../node/e.ts");\n');
  const faults = layerFaults(root).join("\n");
  expect(faults).toContain("base/ may not import from trust/");
  expect(faults).toContain("only node/ and cli/ import node:fs");
  expect(faults).toContain('"misc" is not in the table');
  expect(faults).toContain("client/ may not import from node/");
});

test("what the browser imports bundles without anything of Node's", async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: ["src/client/browser.ts"],
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    outdir: "unused",
    write: false,
    metafile: true,
    minify: true,
  });
  const inputs = Object.keys(metafile.inputs);
  expect(inputs.some((input) => input.startsWith("src/search/"))).toBe(true);
  expect(inputs.filter((input) => /src\/(node|cli|build|publish|graph)\//.test(input))).toEqual([]);
  expect(outputFiles.length).toBeGreaterThan(0);
});
