/** Any byte of any file of a real tree, flipped: the answer is the same, or there is none. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { RegistryError } from "../../src/base/error.ts";
import { memoryReader } from "../../src/client/reader.ts";
import { openUnsigned, type Registry } from "../../src/client/registry.ts";
import { syncView } from "../../src/client/sync.ts";
import { clientTrustPorts } from "../../src/node/crypto.ts";
import { nativeInflate } from "../../src/node/inflate.ts";
import { aSmallRegistry, filesBelow, publishedTree } from "../support/published-tree.ts";

let files: Map<string, Uint8Array>;
let answers: Map<string, string>;

const open = (tree: ReadonlyMap<string, Uint8Array>) =>
  openUnsigned({ reader: memoryReader(tree), ports: clientTrustPorts, inflate: nativeInflate });

/** Everything a client is asked, each with its answer as text, or the code of its refusal. */
async function ask(tree: ReadonlyMap<string, Uint8Array>): Promise<Map<string, string>> {
  const questions: Record<string, (registry: Registry) => Promise<unknown>> = {
    search: (registry) => registry.search("text"),
    list: (registry) => registry.list(),
    show: (registry) => registry.show("tool"),
    resolve: (registry) => registry.resolveRecords(),
    install: async (registry) => [...(await registry.download("tool", "1.0.0")).content],
    sync: (registry) => syncView(registry, { onFile: () => {} }),
  };
  const found = new Map<string, string>();
  for (const [question, answer] of Object.entries(questions))
    found.set(question, await told(async () => answer(await open(tree))));
  return found;
}

async function told(answer: () => Promise<unknown>): Promise<string> {
  try {
    return JSON.stringify(await answer());
  } catch (error) {
    if (error instanceof RegistryError) return `refused: ${error.code}`;
    throw error;
  }
}

beforeAll(async () => {
  files = filesBelow(publishedTree(aSmallRegistry()));
  answers = await ask(files);
  expect([...answers.values()].filter((answer) => answer.startsWith("refused"))).toEqual([]);
});

describe.each(["index/", "archives/", "search/", "registry.json"])("a byte below %s", (prefix) => {
  test("flipped, changes no answer that is given", async () => {
    const paths = [...files.keys()].filter((path) => path.startsWith(prefix));
    expect(paths.length).toBeGreaterThan(0);
    const anyByte = fc.record({
      path: fc.constantFrom(...paths),
      at: fc.nat(),
      bit: fc.integer({ min: 0, max: 7 }),
    });
    await fc.assert(
      fc.asyncProperty(anyByte, async ({ path, at, bit }) => {
        const bytes = Uint8Array.from(files.get(path) ?? []);
        const place = at % bytes.length;
        bytes[place] = (bytes[place] ?? 0) ^ (1 << bit);
        for (const [question, answer] of await ask(new Map(files).set(path, bytes)))
          expectTrueOrRefused(answer, question);
      }),
      { numRuns: 60 },
    );
  });

  test("cut off, or one too many, changes no answer that is given", async () => {
    for (const path of [...files.keys()].filter((candidate) => candidate.startsWith(prefix))) {
      const bytes = files.get(path) ?? new Uint8Array();
      for (const other of [
        bytes.subarray(0, bytes.length - 1),
        new Uint8Array([...bytes, 32]),
        new Uint8Array(),
      ])
        for (const [question, answer] of await ask(new Map(files).set(path, other)))
          expectTrueOrRefused(answer, question);
    }
  });
});

function expectTrueOrRefused(answer: string, question: string): void {
  if (answer !== answers.get(question)) expect(answer, question).toMatch(/^refused: [A-Z_]+$/);
}
