/** From the files of a registry's source to verdicts, without the build: for tests of trust. */
import type { Problem, Result } from "../../src/base/problem.ts";
import { problemsOf } from "../../src/base/problem.ts";
import type { PackageName, PublisherName } from "../../src/manifest/name.ts";
import { parseMaintainersToml, parseRegistryToml } from "../../src/manifest/registry-toml.ts";
import { nodeTrustPorts } from "../../src/node/crypto.ts";
import type { TrustPorts } from "../../src/trust/ed25519.ts";
import { foldPackage, type PackageState } from "../../src/trust/package-chain.ts";
import { foldPublisher, type PublisherState } from "../../src/trust/publisher-chain.ts";
import {
  type ReleaseAuthority,
  type UnverifiedRelease,
  type VerifiedRelease,
  verifyRelease,
} from "../../src/trust/release.ts";
import type { SignedStatement, TrustRoot } from "../../src/trust/statement.ts";
import { readTrustRoot } from "../../src/trust/trust-root.ts";

export type Files = ReadonlyMap<string, Uint8Array>;

/** The statements below `folder`, such as "publishers/alice", as they lie there. */
export function chainOf(files: Files, folder: string): SignedStatement[] {
  return [...files].flatMap(([file, bytes]): SignedStatement[] => {
    if (!file.startsWith(`${folder}/statements/`) || !file.endsWith(".toml")) return [];
    const coSignature = files.get(`${file}.new.sig`);
    const signature = files.get(`${file}.sig`) ?? new Uint8Array();
    return [{ file, bytes, signature, ...(coSignature === undefined ? {} : { coSignature }) }];
  });
}

export function releaseOf(files: Files, name: string, version: string): UnverifiedRelease {
  const where = `packages/${name}/${version}`;
  const own = [...files].filter(([path]) => path.startsWith(`${where}/`));
  return {
    name,
    version,
    where,
    files: new Map(own.map(([path, bytes]) => [path.slice(where.length + 1), bytes])),
  };
}

export function rootOf(files: Files): TrustRoot {
  const config = take(parseRegistryToml(files.get("registry.toml") ?? new Uint8Array(), "registry.toml"));
  const file = "trust/maintainers.toml";
  const bytes = files.get(file);
  const keys = bytes === undefined ? [] : take(parseMaintainersToml(bytes, file)).keys;
  return take(readTrustRoot(config.iri, keys, file));
}

export function judgePublisher(
  files: Files,
  name: string,
  ports: TrustPorts = nodeTrustPorts,
): Result<PublisherState> {
  return foldPublisher(rootOf(files), name as PublisherName, chainOf(files, `publishers/${name}`), ports);
}

/** Every publisher whose chain holds. */
export function publishersOf(
  files: Files,
  ports: TrustPorts = nodeTrustPorts,
): Map<PublisherName, PublisherState> {
  const names = new Set([...files.keys()].flatMap((path) => /^publishers\/([^/]+)\//.exec(path)?.[1] ?? []));
  const states = [...names].map((name) => judgePublisher(files, name, ports));
  return new Map(states.flatMap((state) => (state.ok ? [[state.value.name, state.value] as const] : [])));
}

export function judgePackage(
  files: Files,
  name: string,
  ports: TrustPorts = nodeTrustPorts,
): Result<PackageState> {
  const chain = chainOf(files, `packages/${name}`);
  return foldPackage(rootOf(files), name as PackageName, chain, publishersOf(files, ports), ports);
}

/** The authority that a release of `name` is judged by; throws where a chain does not hold. */
export function authorityOf(
  files: Files,
  name: string,
  ports: TrustPorts = nodeTrustPorts,
): ReleaseAuthority {
  const config = take(parseRegistryToml(files.get("registry.toml") ?? new Uint8Array(), "registry.toml"));
  return {
    package: take(judgePackage(files, name, ports)),
    publishers: publishersOf(files, ports),
    limits: config.limits,
  };
}

export function judgeRelease(
  files: Files,
  name: string,
  version: string,
  ports: TrustPorts = nodeTrustPorts,
): Result<VerifiedRelease> {
  return verifyRelease(releaseOf(files, name, version), authorityOf(files, name, ports), ports);
}

/** The value; throws with every problem where there is none. */
export function take<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(
    result.problems.map((problem) => `${problem.file}: ${problem.code}: ${problem.message}`).join("\n"),
  );
}

export function codesOf(result: Result<unknown> | readonly Problem[]): string[] {
  const problems: readonly Problem[] = "ok" in result ? problemsOf(result) : result;
  return problems.map((problem) => problem.code);
}
