/** Who may say what: the statement chains of a source folded into publishers and packages. */
import { type Problem, problemsOf, type Result, settle } from "../base/problem.ts";
import type { PackageName, PublisherName } from "../manifest/name.ts";
import type { TrustPorts } from "../trust/ed25519.ts";
import { foldPackage, type PackageState } from "../trust/package-chain.ts";
import { checkKeysUnique, foldPublisher, type PublisherState } from "../trust/publisher-chain.ts";
import type { SignedStatement, TrustRoot } from "../trust/statement.ts";
import { type ChainFiles, type RegistrySource, readFile } from "./registry-source.ts";
import type { SourceTree } from "./source.ts";

export interface Folded<State> {
  readonly state: State;
  readonly chain: readonly SignedStatement[];
}

export type Publishers = ReadonlyMap<PublisherName, Folded<PublisherState>>;

export interface Authority {
  readonly publishers: Publishers;
  readonly packages: ReadonlyMap<PackageName, Folded<PackageState>>;
}

/** Folds every chain. A chain with a fault is left out and its problems are added to `problems`. */
export function foldAuthority(
  source: RegistrySource,
  tree: SourceTree,
  ports: TrustPorts,
  problems: Problem[],
): Authority {
  const publishers = foldPublishers(source, tree, ports, problems);
  const states = statesOf(publishers);
  const packages = new Map<PackageName, Folded<PackageState>>();
  for (const [name, { chain }] of source.packages) {
    if (chain.statements.length === 0) continue;
    const folded = foldPackageChain(name, chain, source, states, tree, ports);
    problems.push(...problemsOf(folded));
    if (folded.ok) packages.set(name, folded.value);
  }
  return { publishers, packages };
}

/** The publishers whose chains hold. */
export function foldPublishers(
  source: RegistrySource,
  tree: SourceTree,
  ports: TrustPorts,
  problems: Problem[],
): Publishers {
  const publishers = new Map<PublisherName, Folded<PublisherState>>();
  for (const [name, files] of source.publishers) {
    const { chain, problems: found } = readChain(files, tree);
    problems.push(...found);
    const folded = foldPublisher(trustRoot(source), name, chain, ports);
    problems.push(...problemsOf(folded));
    if (folded.ok) publishers.set(name, { state: folded.value, chain });
  }
  problems.push(...checkKeysUnique(statesOf(publishers)));
  return publishers;
}

export function statesOf(publishers: Publishers): Map<PublisherName, PublisherState> {
  return new Map([...publishers].map(([name, folded]) => [name, folded.state]));
}

export function foldPackageChain(
  name: PackageName,
  files: ChainFiles,
  source: RegistrySource,
  publishers: ReadonlyMap<PublisherName, PublisherState>,
  tree: SourceTree,
  ports: TrustPorts,
): Result<Folded<PackageState>> {
  const { chain, problems } = readChain(files, tree);
  const folded = foldPackage(trustRoot(source), name, chain, publishers, ports);
  const found = [...problems, ...problemsOf(folded)];
  return folded.ok ? settle({ state: folded.value, chain }, found) : { ok: false, problems: found };
}

function trustRoot(source: RegistrySource): TrustRoot {
  const { config, maintainers, ratified } = source;
  return { registry: config.iri, maintainers, ...(ratified === undefined ? {} : { ratified }) };
}

function readChain(
  files: ChainFiles,
  tree: SourceTree,
): { chain: readonly SignedStatement[]; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  for (const path of files.paths) {
    const statement = path.replace(/\.(?:new\.)?sig$/, "");
    if (!files.paths.has(statement)) problems.push(signatureOfNothing(path, statement));
  }
  const chain = files.statements.flatMap((file): SignedStatement[] => {
    const bytes = readFile(file, tree, problems);
    if (!files.paths.has(`${file}.sig`)) {
      problems.push(unsigned(file));
      return [];
    }
    const signature = readFile(`${file}.sig`, tree, problems);
    if (bytes === undefined || signature === undefined) return [];
    const co = `${file}.new.sig`;
    const coSignature = files.paths.has(co) ? readFile(co, tree, problems) : undefined;
    return [{ file, bytes, signature, ...(coSignature === undefined ? {} : { coSignature }) }];
  });
  return { chain, problems };
}

function signatureOfNothing(file: string, statement: string): Problem {
  return {
    code: "STATEMENT_MISSING",
    severity: "error",
    file,
    message: `The statement that this signature is for, "${statement}", is missing`,
    remedy: "restore the statement, or remove the signature",
    rule: "S4",
  };
}

function unsigned(file: string): Problem {
  return {
    code: "STATEMENT_UNSIGNED",
    severity: "error",
    file,
    message: "The statement has no signature",
    remedy: `sign it: ssh-keygen -Y sign -f KEY -n ggen-marketplace-statement ${file}`,
    rule: "S4",
  };
}
