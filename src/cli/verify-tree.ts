/** Verifies everything of a published tree: index, search index, graph, and every release from its archive and statements. */
import type { Registry } from "../client/registry.ts";
import { readGraph, syncView } from "../client/sync.ts";
import { foldEveryPublisher, unwrap, verifyArchive } from "../client/verify-archive.ts";
import { plural } from "./refused.ts";
import type { Terminal } from "./terminal.ts";
import { attempt, type Verdict } from "./verdict.ts";
import { proof } from "./verify-named.ts";

export async function verifyTree(registry: Registry, terminal: Terminal): Promise<Verdict[]> {
  const index = await attempt("index", async () => {
    const { files } = await syncView(registry, (done) =>
      terminal.progress(`verified ${plural(done, "file")}`),
    );
    unwrap(await foldEveryPublisher(registry), "what the index says of its publishers");
    return { detail: `${plural(files, "file")}, root ${registry.rootDigest}` };
  });
  const graph = await attempt("graph", async () => ({ detail: plural(await readGraph(registry), "file") }));
  // Without its index there is no telling what else there is.
  if (!index.ok) return [index, graph];
  return [index, graph, ...(await verifyReleases(registry, (text) => terminal.progress(text)))];
}

async function verifyReleases(registry: Registry, progress: (text: string) => void): Promise<Verdict[]> {
  const records = await registry.resolveRecords();
  const releases = records.flatMap(({ name, releases }) =>
    releases.filter(({ withheld }) => withheld !== "fallen").map(({ version }) => ({ name, version })),
  );
  const verdicts: Verdict[] = [];
  for (const { name, version } of releases) {
    progress(`verified ${verdicts.length} of ${plural(releases.length, "release")}`);
    verdicts.push(
      await attempt(`${name}@${version}`, async () => proof(await verifyArchive(registry, name, version))),
    );
  }
  return verdicts;
}
