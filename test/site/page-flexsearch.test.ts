/** FlexSearch as pages get it answers as the whole package does. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build as bundle } from "esbuild";
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { pageFlexSearch, pageFlexSearchPlugin } from "../../scripts/page-flexsearch.ts";
import * as whole from "../../src/search/flexsearch.ts";
import { openSearchIndex } from "../../src/search/query.ts";
import { build, REGISTRY, SHARDED, verifiedReader } from "../search/support.ts";
import { tempFolder } from "../support/cli.ts";

/** A module of `src/search/` as a page has it. */
async function inPage<Module>(source: string): Promise<Module> {
  const { outputFiles } = await bundle({
    entryPoints: [source],
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    plugins: [pageFlexSearchPlugin],
  });
  const file = join(tempFolder("in-page"), "module.mjs");
  writeFileSync(file, outputFiles[0]?.text ?? "");
  return (await import(pathToFileURL(file).href)) as Module;
}

let slim: typeof whole;

beforeAll(async () => {
  slim = await inPage("src/search/flexsearch.ts");
});

it("is a third of the whole package at the most", async () => {
  const { outputFiles } = await bundle({
    stdin: { contents: 'export { Index } from "flexsearch";', resolveDir: "." },
    bundle: true,
    write: false,
    minify: true,
    format: "esm",
    platform: "browser",
  });
  const least = await bundle({
    stdin: { contents: await pageFlexSearch() },
    write: false,
    minify: true,
    format: "esm",
  });
  const length = (files: readonly { text: string }[]) => files[0]?.text.length ?? 0;
  expect(length(least.outputFiles)).toBeLessThan(length(outputFiles) / 3);
});

const token = fc.oneof(
  fc.string({ minLength: 1, unit: "grapheme" }).filter((text) => !text.includes(" ")),
  fc.constantFrom("__proto__", "constructor", "toString"),
);
const slots = fc.array(fc.option(fc.uniqueArray(fc.nat({ max: 99 }), { minLength: 1 }), { nil: undefined }), {
  minLength: 1,
  maxLength: 8,
});
const entries = fc.uniqueArray(fc.tuple(token, slots), { selector: ([key]) => key });

it("answers for every token, whether an entry of it was brought in or not", () => {
  fc.assert(
    fc.property(entries, fc.array(token), (brought, others) => {
      const [one, other] = [whole.createIndex(), slim.createIndex()];
      whole.importEntries(one, brought);
      slim.importEntries(other, brought);
      for (const asked of [...brought.map(([key]) => key), ...others])
        expect(slim.lookUp(other, asked)).toEqual(whole.lookUp(one, asked));
    }),
  );
});

it("answers queries of every kind", async () => {
  const page = await inPage<{ openSearchIndex: typeof openSearchIndex }>("src/search/query.ts");
  const queries = ["react", "react rout", "reactrouter", "raect", "zzz", "", "license:MIT", '"for React"'];
  for (const layout of [undefined, SHARDED]) {
    const index = await build(REGISTRY, layout);
    const [here, there] = [
      await openSearchIndex(index.manifest, verifiedReader(index)),
      await page.openSearchIndex(index.manifest, verifiedReader(index)),
    ];
    for (const query of [...queries, ...REGISTRY.map(({ summary }) => summary)])
      expect(await there.search(query), query).toEqual(await here.search(query));
  }
});
