/** What the statements about a package add up to, and the rules between one of them and those before. */
import type { Problem } from "../base/problem.ts";
import type { PackageName, PublisherName } from "../manifest/name.ts";
import type { AdvisorySeverity, PackageStatement } from "../manifest/statement.ts";
import type { Range, Version } from "../manifest/version.ts";
import { chainProblem, type LinkedStatement } from "./statement.ts";

export interface Deprecation {
  readonly reason: string;
  readonly replacement?: PackageName;
  /** Absent: all of them. */
  readonly versions?: Range;
}

export interface Advisory {
  readonly id: string;
  readonly severity: AdvisorySeverity;
  readonly versions: Range;
  readonly summary: string;
  readonly url?: string;
}

/** Mutable, for one fold. `apply` says nothing of who may: see package-chain.ts. */
export class PackageStatus {
  readonly owners = new Set<PublisherName>();
  readonly yanked = new Map<Version, string>();
  readonly deprecated: Deprecation[] = [];
  readonly advisories = new Map<string, Advisory>();
  archived: string | undefined;

  apply(statement: PackageStatement): void {
    switch (statement.action) {
      case "claim":
      case "add-owner":
        this.owners.add(statement.publisher);
        return;
      case "remove-owner":
        this.owners.delete(statement.publisher);
        return;
      case "yank":
        this.yanked.set(statement.version, statement.reason);
        return;
      case "unyank":
        this.yanked.delete(statement.version);
        return;
      case "deprecate":
        this.deprecated.push(deprecation(statement));
        return;
      case "advise":
        this.advisories.set(statement.id, advisory(statement));
        return;
      case "archive":
        this.archived = statement.reason;
    }
  }
}

type Of<Action extends PackageStatement["action"]> = Extract<PackageStatement, { action: Action }>;

function deprecation({ reason, replacement, versions }: Of<"deprecate">): Deprecation {
  return {
    reason,
    ...(replacement === undefined ? {} : { replacement }),
    ...(versions === undefined ? {} : { versions }),
  };
}

function advisory({ id, severity, versions, summary, url }: Of<"advise">): Advisory {
  return { id, severity, versions, summary, ...(url === undefined ? {} : { url }) };
}

/**
 * T18, T19: the rule that `linked` breaks, seen from the statements before it. A rule is broken only
 * where it is broken both as signed and in effect, since a fall between the two is nobody's fault.
 */
export function checkRule(
  linked: LinkedStatement<PackageStatement>,
  byMaintainer: boolean,
  asSigned: PackageStatus,
  inEffect: PackageStatus,
): Problem | undefined {
  const { statement, file } = linked;
  const everywhere = (holds: (status: PackageStatus) => boolean): boolean =>
    holds(asSigned) && holds(inEffect);
  const broken = (code: string, place: string, found: string, message: string, rule: string): Problem =>
    chainProblem(code, file, message, "remove the statement, or correct and sign it", rule, { place, found });
  switch (statement.action) {
    case "add-owner": {
      const { publisher } = statement;
      if (byMaintainer || !everywhere((status) => status.owners.has(publisher))) return undefined;
      return broken(
        "OWNER_ALREADY",
        "publisher",
        publisher,
        `"${publisher}" owns the package already`,
        "T18",
      );
    }
    case "remove-owner": {
      const { publisher } = statement;
      if (everywhere((status) => !status.owners.has(publisher)))
        return broken("OWNER_NOT", "publisher", publisher, `"${publisher}" does not own the package`, "T18");
      if (asSigned.owners.size > 1) return undefined;
      return broken(
        "OWNER_LAST",
        "publisher",
        publisher,
        `"${publisher}" is the last owner: a package keeps one`,
        "T18",
      );
    }
    case "yank": {
      const { version } = statement;
      if (!everywhere((status) => status.yanked.has(version))) return undefined;
      return broken("VERSION_YANKED_ALREADY", "version", version, `${version} is yanked already`, "T19");
    }
    case "unyank": {
      const { version } = statement;
      if (!everywhere((status) => !status.yanked.has(version))) return undefined;
      return broken("VERSION_NOT_YANKED", "version", version, `${version} is not yanked`, "T19");
    }
    default:
      return undefined;
  }
}

/**
 * T19: the problem VERSION_UNKNOWN for every yank or unyank of a version the package never had.
 * Apart from the fold, because a reader of statements need not have the releases.
 */
export function checkVersionsKnown(
  events: readonly {
    readonly statement: { readonly action: string; readonly version?: Version };
    readonly sequence: number;
  }[],
  name: PackageName,
  versions: ReadonlySet<Version>,
): Problem[] {
  return events.flatMap(({ statement, sequence }) => {
    const isYank = statement.action === "yank" || statement.action === "unyank";
    if (!isYank || statement.version === undefined || versions.has(statement.version)) return [];
    const file = `packages/${name}/statements/${String(sequence).padStart(4, "0")}.toml`;
    const message = `The package has no release ${statement.version}`;
    const more = { place: "version", found: statement.version };
    return [chainProblem("VERSION_UNKNOWN", file, message, "name a release of the package", "T19", more)];
  });
}
