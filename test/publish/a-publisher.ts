/** A registry in memory that a test publishes into, and what the write side needs around it. */
import { utf8 } from "../../src/base/bytes.ts";
import type { Problem } from "../../src/base/problem.ts";
import { foldAuthority } from "../../src/build/authority.ts";
import { memoryCache } from "../../src/build/memory-cache.ts";
import type { BuildPorts } from "../../src/build/ports.ts";
import { readRegistrySource } from "../../src/build/registry-source.ts";
import type { SourceTree } from "../../src/build/source.ts";
import { localWorkshop } from "../../src/build/workshop.ts";
import { nodeTrustPorts, openNativeSha256 } from "../../src/node/crypto.ts";
import type { ForeignPackage } from "../../src/publish/foreign-manifest.ts";
import type { PublishingInto } from "../../src/publish/judge-publication.ts";
import { aRegistry, type RegistryStory } from "../support/a-registry.ts";
import type { TestKey } from "../support/fixture-keys.ts";
import { alice } from "../support/fixture-keys.ts";
import { take } from "../support/judge.ts";

/** How many releases were verified with these ports. */
export interface CountingPorts extends BuildPorts {
  verified: number;
}

export function countingPorts(): CountingPorts {
  const ports: CountingPorts = {
    ...nodeTrustPorts,
    verified: 0,
    openHash: openNativeSha256,
    program: "test",
    cache: memoryCache(),
    openWorkshop: (context) => {
      const local = localWorkshop(context, nodeTrustPorts);
      return {
        ...local,
        release: (work) => {
          ports.verified++;
          return local.release(work);
        },
      };
    },
  };
  return ports;
}

/** A registry that asks for no README, with nobody in it. */
export function anEmptyRegistry(): RegistryStory {
  return aRegistry({ policy: { requireReadme: false } });
}

export function publishingInto(
  files: ReadonlyMap<string, Uint8Array>,
  signer: TestKey = alice,
): PublishingInto {
  const tree = treeOf(files);
  const source = take(readRegistrySource(tree));
  const problems: Problem[] = [];
  const authority = foldAuthority(source, tree, nodeTrustPorts, problems);
  if (problems.some((problem) => problem.severity === "error")) throw new Error(JSON.stringify(problems));
  return { tree, source, authority, publisher: signer.publisher, signer };
}

export function treeOf(files: ReadonlyMap<string, Uint8Array>): SourceTree {
  const bytesAt = (path: string) => files.get(path) ?? new Uint8Array();
  return {
    paths: () => [...files.keys()],
    treeId: () => undefined,
    read: bytesAt,
    readFolder: (folder) =>
      new Map(
        [...files]
          .filter(([path]) => path.startsWith(`${folder}/`))
          .map(([path, bytes]) => [path.slice(folder.length + 1), bytes]),
      ),
    problems: [],
  };
}

/** A folder with these texts in it. */
export function folderOf(folder: string, texts: Readonly<Record<string, string>>): ForeignPackage {
  const files = new Map(Object.entries(texts).map(([path, text]) => [path, utf8(text)]));
  return { folder, files, notes: [] };
}

/** A pack as ggen's users have it. */
export function aPack(folder: string, more: Readonly<Record<string, string>> = {}): ForeignPackage {
  const pack = `[pack]\nname = "${folder}"\nversion = "1.0.0"\ndescription = "A pack made for a test"\n`;
  return folderOf(folder, { "pack.toml": pack, "ontology.ttl": "<urn:a> <urn:b> <urn:c> .\n", ...more });
}

/** A package of the first marketplace, with these lines after its [package] table. */
export function anOldPackage(folder: string, lines = ""): ForeignPackage {
  const head = `[package]\nname = "${folder}"\nversion = "1.0.0"\ndescription = "A package made for a test"\nlicense = "MIT"\n`;
  return folderOf(folder, { "package.toml": head + lines });
}

export const codesOfAll = (problems: readonly Problem[]): string[] => problems.map((problem) => problem.code);
