/**
 * One search as a whole process: the bundled CLI over our index, published as a registry on this disk and read
 * with all its digests checked, beside `node -e 0` in the same rounds.
 */
import { spawnSync } from "node:child_process";
import { linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { nativeSha256 } from "../../src/node/crypto.ts";
import { DEVELOPMENT_UNTIL, developmentRoot } from "../../src/node/development-root.ts";
import { HOME_VARIABLE } from "../../src/node/home.ts";
import { signForDevelopment } from "../../src/publish/development.ts";
import { deflate } from "../../src/snapshot/deflate.ts";
import { writeIndexRoot } from "../../src/snapshot/index-root.ts";
import {
  REGISTRY_FILE,
  type Ref,
  rootPath,
  searchIndexPath,
  searchManifestPath,
} from "../../src/snapshot/layout.ts";
import { writeRatification } from "../../src/trust/ratification.ts";
import { bundleCli } from "../cli-bundle.ts";
import { percentile } from "./metrics.ts";
import { INDEX_FOLDER, MANIFEST_FILE } from "./ours.ts";
import { QUERY_CLASSES, type Query, type QueryClass } from "./queries.ts";

const ROUNDS = 21;
const MEMORY_ROUNDS = 7;
const BARE = ["-e", "0"];
/**
 * Tells the peak of a process at its end, on the stream that the measured command leaves alone. Of its own memory:
 * what getrusage(2) tells begins with that of the process that started it.
 */
const TELL_PEAK = `data:text/javascript,import{existsSync,readFileSync}from"node:fs";const f="/proc/self/status";process.on("exit",()=>existsSync(f)&&console.error(readFileSync(f,"utf8")))`;

export interface OneShot {
  readonly class: QueryClass;
  readonly milliseconds: number;
  /** Over bare node. */
  readonly ratio: number;
  /** Over bare node; no number where the system does not tell. */
  readonly megabytes: number;
}

/** Medians of each class, every round with another query of it. `folder` holds our index, `work` is for what this makes. */
export async function searchOnce(
  folder: string,
  work: string,
  queries: readonly Query[],
): Promise<OneShot[]> {
  const home = join(work, "home");
  const view = await publish(folder, join(work, "view"), home);
  const code = join(work, "cli");
  await bundleCli(code);
  const command = (text: string) => [join(code, "main.js"), "search", "--registry", view, "--", text];
  const calls = (name: QueryClass, round: number): string[] => {
    const some = queries.filter((query) => query.class === name);
    return command(some[round % some.length]?.text ?? "");
  };
  const environment = { ...process.env, GGEN_MARKETPLACE_HOME: home };
  const took = (words: readonly string[]) => timed(words, environment);
  const peak = (words: readonly string[]) => peakOf(words, environment);
  const asked = QUERY_CLASSES.filter((name) => queries.some((query) => query.class === name));
  const bare: number[] = [];
  const times = new Map<QueryClass, number[]>(asked.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(took(BARE));
    for (const name of asked) times.get(name)?.push(took(calls(name, round)));
  }
  const median = (values: readonly number[]) => percentile(values, 0.5);
  const rounds = Array.from({ length: MEMORY_ROUNDS }, (_, round) => round);
  const bareMegabytes = median(rounds.map(() => peak(BARE)));
  return asked.map((name) => {
    const milliseconds = median(times.get(name) ?? []);
    const megabytes = median(rounds.map((round) => peak(calls(name, round)))) - bareMegabytes;
    return { class: name, milliseconds, ratio: milliseconds / median(bare), megabytes };
  });
}

/** A registry that has the index and nothing else, which a search reads, signed with the development root of `home`. */
async function publish(folder: string, view: string, home: string): Promise<string> {
  const write = (path: string, bytes: Uint8Array | string) => {
    mkdirSync(dirname(join(view, path)), { recursive: true });
    writeFileSync(join(view, path), bytes);
  };
  const manifest = deflate(readFileSync(join(folder, MANIFEST_FILE)));
  const search = refOf(manifest);
  write(searchManifestPath(search.sha256), manifest);
  for (const sha256 of readdirSync(join(folder, INDEX_FOLDER)))
    linkSync(join(folder, INDEX_FOLDER, sha256), join(view, searchIndexPath(sha256 as Ref["sha256"])));
  const registry = { iri: "https://bench.example/", name: "bench", title: "Bench" };
  const root = writeIndexRoot({
    format: 1,
    registry,
    counts: { packages: 0, releases: 0, publishers: 0, triples: 0 },
    maintainers: [],
    rollout: { backend: "v2" },
    sections: { resolve: search, packages: search, publishers: search, search },
    graph: { turtle: search, nquads: search },
    v1: search,
  });
  write(rootPath(refOf(root).sha256), root);
  write(REGISTRY_FILE, JSON.stringify({ format: 1, ...registry, root: refOf(root) }));
  const development = await developmentRoot({ [HOME_VARIABLE]: home }, registry.iri);
  const none = { registry: registry.iri, maintainers: [], claims: new Map(), publishers: new Map() };
  const signed = signForDevelopment(
    {
      ...{ root: development.root, signer: development.signer, indexRoot: refOf(root) },
      ...{ ratified: writeRatification(none), until: DEVELOPMENT_UNTIL, now: Date.now() },
    },
    nativeSha256,
  );
  for (const [path, bytes] of signed.files) write(path, bytes);
  return view;
}

function refOf(bytes: Uint8Array): Ref {
  return { sha256: nativeSha256(bytes), length: bytes.length };
}

function timed(words: readonly string[], env: NodeJS.ProcessEnv): number {
  const started = performance.now();
  run(words, env);
  return performance.now() - started;
}

function peakOf(words: readonly string[], env: NodeJS.ProcessEnv): number {
  return Number(/VmHWM:\s+(\d+)/.exec(run(["--import", TELL_PEAK, ...words], env))?.[1]) / 1024;
}

/** What it says on stderr. */
function run(words: readonly string[], env: NodeJS.ProcessEnv): string {
  const { status, stderr } = spawnSync(process.execPath, words, { env, encoding: "utf8" });
  if (status !== 0) throw new Error(`${words.join(" ")}: exit ${status}: ${stderr}`);
  return stderr;
}
