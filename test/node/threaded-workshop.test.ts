import { afterAll, describe, expect, test } from "vitest";
import { utf8 } from "../../src/base/bytes.ts";
import { localWorkshop, type WorkshopContext } from "../../src/build/workshop.ts";
import { parseRegistryToml } from "../../src/manifest/registry-toml.ts";
import { nodeTrustPorts } from "../../src/node/crypto.ts";
import { openThreadedWorkshop } from "../../src/node/threaded-workshop.ts";
import { aDocument, build, SHARDED } from "../search/support.ts";

const REGISTRY = `
format = 1
name = "threads"
title = "Threads"
iri = "https://registry.example/"
`;

function context(): WorkshopContext {
  const config = parseRegistryToml(utf8(REGISTRY), "registry.toml");
  if (!config.ok) throw new Error("the registry is not one");
  return { config: config.value, publishers: new Map() };
}

/** More than are indexed in the main thread. */
const DOCUMENTS = Array.from({ length: 6000 }, (_, number) =>
  aDocument(`@scope-${number % 7}/package-${number % 5000}-${number}`, {
    summary: `Number ${number} of all that are counted, by ${number % 13} and by ${number % 17}`,
    popularity: number ** 2,
  }),
);

describe("an index made by threads", () => {
  const threaded = openThreadedWorkshop(context());
  afterAll(() => threaded.close());

  test("has the bytes of one that is made in one thread", async () => {
    const layout = { ...SHARDED, shardBytesMin: 6000, shardBytesMax: 20_000, blockRows: 32 };
    const local = localWorkshop(context(), nodeTrustPorts);
    const options = [
      { workshop: local, runDocuments: DOCUMENTS.length },
      { workshop: local, runDocuments: 1000 },
      { workshop: threaded, runDocuments: 1000 },
    ];
    const [whole, ...others] = await Promise.all(options.map((each) => build(DOCUMENTS, layout, each)));
    expect(whole?.files.size).toBeGreaterThan(100);
    for (const other of others) {
      expect(other.manifest).toEqual(whole?.manifest);
      expect([...other.files]).toEqual([...(whole?.files ?? [])]);
    }
  });
});

test("a thread that dies makes the build fail, and says so", async () => {
  const threaded = openThreadedWorkshop(context());
  const names = DOCUMENTS.map(({ name }) => name);
  const unfinished = expect(threaded.invertNames(names)).rejects.toThrow("a worker thread ended");
  await threaded.close();
  await unfinished;
  await expect(threaded.invertNames(names)).rejects.toThrow("a worker thread ended");
});
