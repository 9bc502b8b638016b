/** A registry's source in git, an output folder and a cache, and builds over them as `build` does them. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { compareText } from "../../src/base/order.ts";
import type { Result } from "../../src/base/problem.ts";
import { buildSnapshot, type Snapshot } from "../../src/build/build.ts";
import { memoryCache } from "../../src/build/memory-cache.ts";
import type { BuildCache, BuildPorts } from "../../src/build/ports.ts";
import type { SourceTree } from "../../src/build/source.ts";
import { localWorkshop } from "../../src/build/workshop.ts";
import { commitTree } from "../../src/node/atomic-output.ts";
import { openBuildCache } from "../../src/node/build-cache.ts";
import { nodeTrustPorts, openNativeSha256 } from "../../src/node/crypto.ts";
import { openSourceTree } from "../../src/node/source-tree.ts";
import { writeFiles } from "../support/a-registry.ts";

export type Tree = ReadonlyMap<string, Uint8Array>;

export interface Built {
  readonly result: Result<Snapshot>;
  /** What was not taken from the cache: "name@version" of releases, "name" of packages; sorted. */
  readonly compiled: readonly string[];
  /** How far it was said to be, in order. */
  readonly told: readonly string[];
}

export interface BuildOptions {
  readonly program?: string;
  /** False: nothing is taken from the cache, and nothing kept. */
  readonly cache?: boolean;
  /** Another folder to write to. */
  readonly out?: string;
}

export class Room {
  readonly root = mkdtempSync(join(tmpdir(), "build-"));
  readonly registry = join(this.root, "registry");
  readonly out = join(this.root, "out");
  readonly cacheFile = join(this.root, "cache", "build.pack");

  /** Makes the source hold exactly `files`. */
  write(files: Tree): void {
    mkdirSync(this.registry, { recursive: true });
    for (const name of readdirSync(this.registry))
      if (name !== ".git") rmSync(join(this.registry, name), { recursive: true });
    writeFiles(files, this.registry);
  }

  /** The same, and commits it. */
  commit(files: Tree): void {
    this.write(files);
    this.git("init", "-q");
    this.git("add", "--all", "--force");
    this.git("commit", "-qm", "registry");
  }

  git(...args: string[]): string {
    return git(this.registry, ...args);
  }

  /** Builds and, where there is no error, writes to `out`. */
  async build(options: BuildOptions = {}): Promise<Built> {
    const tree = await openSourceTree(this.registry);
    const { program = "program", out = this.out } = options;
    const saved = options.cache === false ? undefined : openBuildCache(this.cacheFile);
    const built = await buildWith(tree, saved ?? memoryCache(), program);
    if (built.result.ok)
      await commitTree(out, built.result.value.files, { stateFile: join(this.root, "state.json") });
    if (built.result.ok) saved?.save();
    else saved?.close();
    return built;
  }

  /** What a build without any memory writes. */
  async coldTree(): Promise<Tree> {
    const out = mkdtempSync(join(this.root, "cold-"));
    const { result } = await this.build({ cache: false, out });
    if (!result.ok) throw new Error(problemText(result));
    return filesBelow(out);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Builds and notes what was compiled. */
export async function buildWith(tree: SourceTree, cache: BuildCache, program = "program"): Promise<Built> {
  const compiled: string[] = [];
  const told: string[] = [];
  const ports: BuildPorts = {
    ...nodeTrustPorts,
    openHash: openNativeSha256,
    program,
    cache,
    progress: (done, total) => told.push(`${done} of ${total}`),
    stage: (what) => told.push(what),
    openWorkshop: (context) => {
      const workshop = localWorkshop(context, nodeTrustPorts);
      return {
        ...workshop,
        release: (work) => {
          compiled.push(`${work.release.name}@${work.release.version}`);
          return workshop.release(work);
        },
        package: (work) => {
          compiled.push(work.state.name);
          return workshop.package(work);
        },
      };
    },
  };
  const result = await buildSnapshot(tree, ports);
  return { result, compiled: compiled.sort(compareText), told };
}

/** A source that is only in memory; `paths` in the order of `files`. */
export function memorySource(files: Tree): SourceTree {
  const read = (path: string): Uint8Array => {
    const bytes = files.get(path);
    if (bytes === undefined) throw new Error(`there is no ${path}`);
    return bytes;
  };
  return {
    paths: () => [...files.keys()],
    treeId: () => undefined,
    read,
    readFolder: (folder) =>
      new Map(
        [...files].flatMap(([path, bytes]) =>
          path.startsWith(`${folder}/`) ? [[path.slice(folder.length + 1), bytes] as const] : [],
        ),
      ),
    problems: [],
  };
}

/** The files of a snapshot that was built in memory. Throws with every problem where there is none. */
export async function snapshotOf(files: Tree): Promise<Tree> {
  const { result } = await buildWith(memorySource(files), memoryCache());
  if (!result.ok) throw new Error(problemText(result));
  return new Map([...result.value.files].map(([path, file]) => [path, file.bytes()]));
}

export async function judged(files: Tree): Promise<Result<Snapshot>> {
  return (await buildWith(memorySource(files), memoryCache())).result;
}

function problemText(result: Result<unknown> & { ok: false }): string {
  return result.problems.map(({ code, file, message }) => `${code} ${file}: ${message}`).join("\n");
}

/** Every file below `folder`, by path, with its bytes. */
export function filesBelow(folder: string): Tree {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  return new Map(paths.sort(compareText).map((path) => [path, readFileSync(join(folder, path))]));
}

/** Paths whose bytes differ, or that only one of the trees has: short to read where a test fails. */
export function differences(one: Tree, other: Tree): string[] {
  const paths = [...new Set([...one.keys(), ...other.keys()])].sort(compareText);
  return paths.filter((path) => {
    const [left, right] = [one.get(path), other.get(path)];
    return left === undefined || right === undefined || Buffer.compare(left, right) !== 0;
  });
}

export function git(folder: string, ...args: string[]): string {
  const name = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"];
  const done = spawnSync("git", ["-C", folder, ...name, ...args], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`git ${args.join(" ")}: ${done.stderr}`);
  return done.stdout.trim();
}

/** Any order of `count` things, as places: short to read where a property fails. */
export function orderOf(count: number): fc.Arbitrary<number[]> {
  const places = Array.from({ length: count }, (_, at) => at);
  return fc.shuffledSubarray(places, { minLength: count, maxLength: count });
}

export function reordered(files: Tree, order: readonly number[]): Tree {
  const entries = [...files];
  return new Map(order.flatMap((place) => entries.slice(place, place + 1)));
}
