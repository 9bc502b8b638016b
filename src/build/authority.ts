/** Who may say what: the statement chains of a source folded into publishers and packages. */
import { type Problem, problemsOf } from "../base/problem.ts";
import type { PackageName, PublisherName } from "../manifest/name.ts";
import { foldPackage, type PackageState } from "../trust/package-chain.ts";
import { checkKeysUnique, foldPublisher, type PublisherState } from "../trust/publisher-chain.ts";
import type { TrustPorts } from "../trust/ed25519.ts";
import type { SignedStatement } from "../trust/statement.ts";
import type { TrustRoot } from "../trust/statement.ts";
import type { ChainFiles, RegistrySource } from "./registry-source.ts";
import type { SourceTree } from "./source.ts";

export interface Folded<State> {
  readonly state: State;
  readonly chain: readonly SignedStatement[];
}

export interface Authority {
  readonly publishers: ReadonlyMap<PublisherName, Folded<PublisherState>>;
  readonly packages: ReadonlyMap<PackageName, Folded<PackageState>>;
}

/** Folds every chain. A chain with a fault is left out and its problems are added to `problems`. */
export function foldAuthority(source: RegistrySource, tree: SourceTree, ports: TrustPorts, problems: Problem[]): Authority {
  const root: TrustRoot = { registry: source.config.iri, maintainers: source.maintainers };
  const publishers = new Map<PublisherName, Folded<PublisherState>>();
  for (const [name, files] of source.publishers) {
    const chain = readChain(files, tree, problems);
    const folded = foldPublisher(root, name, chain, ports);
    problems.push(...problemsOf(folded));
    if (folded.ok) publishers.set(name, { state: folded.value, chain });
  }
  const states = new Map([...publishers].map(([name, folded]) => [name, folded.state]));
  problems.push(...checkKeysUnique(states));
  const packages = new Map<PackageName, Folded<PackageState>>();
  for (const [name, files] of source.packages) {
    if (files.chain.statements.length === 0) continue;
    const chain = readChain(files.chain, tree, problems);
    const folded = foldPackage(root, name, chain, states, ports);
    problems.push(...problemsOf(folded));
    if (folded.ok) packages.set(name, { state: folded.value, chain });
  }
  return { publishers, packages };
}

function readChain(files: ChainFiles, tree: SourceTree, problems: Problem[]): SignedStatement[] {
  for (const path of files.paths) {
    const statement = path.replace(/\.(?:new\.)?sig$/, "");
    if (!files.paths.has(statement))
      problems.push(problem("STATEMENT_MISSING", path, `The statement that this signature is for, "${statement}", is missing`, "restore the statement, or remove the signature"));
  }
  return files.statements.flatMap((file): SignedStatement[] => {
    if (!files.paths.has(`${file}.sig`)) {
      problems.push(problem("STATEMENT_UNSIGNED", file, "The statement has no signature", `sign it: ssh-keygen -Y sign -f KEY -n ggen-marketplace-statement ${file}`));
      return [];
    }
    const co = `${file}.new.sig`;
    return [{ file, bytes: tree.read(file), signature: tree.read(`${file}.sig`), ...(files.paths.has(co) ? { coSignature: tree.read(co) } : {}) }];
  });
}

function problem(code: string, file: string, message: string, remedy: string): Problem {
  return { code, severity: "error", file, message, remedy };
}
