/** Verifies everything of a published tree: index, search index, graph, and every release from its archive and statements. */
import type { Registry } from "../client/registry.ts";
import { readGraph, readV1Index, syncView } from "../client/sync.ts";
import { foldEveryPublisher, unwrap, verifyArchive } from "../client/verify-archive.ts";
import { plural } from "./refused.ts";
import type { Terminal } from "./terminal.ts";
import { attempt, proven, type Verdict } from "./verdict.ts";
import { namedProof } from "./verify-named.ts";

export async function verifyTree(registry: Registry, terminal: Terminal): Promise<Verdict[]> {
  const index = await attempt("index", async () => {
    const { files } = await syncView(registry, {
      onFile: (done) => terminal.progress(`verified ${plural(done, "file")}`),
    });
    await readV1Index(registry);
    unwrap(await foldEveryPublisher(registry), "what the index says of its publishers");
    return { detail: `${plural(files + 1, "file")}, root ${registry.rootDigest}` };
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
  const isPartial = await isPartialCopy(registry);
  const verdicts: Verdict[] = [];
  let absent = 0;
  for (const { name, version } of releases) {
    progress(`verified ${verdicts.length} of ${plural(releases.length, "release")}`);
    const what = `${name}@${version}`;
    const verdict = await attempt(what, async () => namedProof(await verifyArchive(registry, name, version)));
    if (isPartial && verdict.problems.some(({ code }) => code === "NOT_FOUND")) absent++;
    else verdicts.push(verdict);
  }
  if (absent === 0) return verdicts;
  return [...verdicts, proven("copy", `some packages only; ${plural(absent, "release")} not in it`)];
}

/** What `mirror` notes of a copy with some packages only. It decides nothing but how what is absent is called. */
async function isPartialCopy({ reader }: Registry): Promise<boolean> {
  try {
    const note: unknown = JSON.parse(
      new TextDecoder().decode(await reader.read("mirror.json", { bytesMax: NOTE_BYTES_MAX })),
    );
    return Array.isArray((note as { packages?: unknown } | null)?.packages);
  } catch {
    // No copy, or its note is damaged: then everything should be there.
    return false;
  }
}

const NOTE_BYTES_MAX = 1024 * 1024;
