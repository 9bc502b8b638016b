/** A small published tree in versions, and a look at what a folder holds. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { utf8 } from "../../src/base/bytes.ts";
import { nativeSha256 } from "../../src/node/crypto.ts";
import { writeIndexRoot } from "../../src/snapshot/index-root.ts";
import type { SnapshotFile } from "../../src/snapshot/snapshot-files.ts";

export function file(text: string): SnapshotFile {
  const bytes = utf8(text);
  return { sha256: nativeSha256(bytes), length: bytes.length, bytes: () => bytes };
}

/** An index root as a build writes it, called by `version`. */
function rootFile(version: string): SnapshotFile {
  const ref = { sha256: file(version).sha256, length: version.length };
  const bytes = writeIndexRoot({
    format: 1,
    registry: { iri: "https://example.org/", name: "example", title: version },
    counts: { packages: 1, releases: 1, publishers: 1, triples: 1 },
    maintainers: [],
    rollout: { backend: "v2" },
    sections: { resolve: ref, packages: ref, publishers: ref, search: ref },
    graph: { turtle: ref, nquads: ref },
    v1: ref,
  });
  return file(new TextDecoder().decode(bytes));
}

export function pointerTo({ sha256, length }: SnapshotFile): SnapshotFile {
  return file(JSON.stringify({ format: 1, root: { sha256, length } }));
}

/** A tree in which everything depends on `version`, but one file. */
export function tree(version: string): Map<string, SnapshotFile> {
  const root = rootFile(version);
  return new Map([
    ["registry.json", pointerTo(root)],
    [`index/${root.sha256}.root.json`, root],
    [`archives/${file("same").sha256}.tgz`, file("same")],
    ["packages/alpha/package.ttl", file(`alpha ${version}`)],
    [`packages/only-${version}/package.ttl`, file(version)],
    ["trust/allowed_signers", file(version)],
    [".well-known/void", file(version)],
  ]);
}

/** Everything below `at`: text by path, and what is no file by its kind. */
export function contents(at: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(at, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    found.set(
      path.slice(at.length + 1),
      entry.isFile() ? readFileSync(path, "utf8") : entry.isDirectory() ? "/" : "?",
    );
  }
  return new Map([...found].sort());
}

export const textOf = (files: ReadonlyMap<string, SnapshotFile>) =>
  new Map([...files].map(([path, { bytes }]) => [path, new TextDecoder().decode(bytes())] as const).sort());
export const filesOf = (at: string) => new Map([...contents(at)].filter(([, text]) => text !== "/"));
