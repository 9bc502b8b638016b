/** Why a resolution failed, in words that say who asked for what. */
import type { Problem } from "../base/problem.ts";
import type { Candidate, Requirement } from "./resolve.ts";

export type Failure =
  | { readonly kind: "conflict"; readonly requirements: readonly Requirement[] }
  | { readonly kind: "unknown"; readonly requirement: Requirement }
  | {
      readonly kind: "nothing-fits";
      readonly requirement: Requirement;
      readonly all: readonly Candidate[];
      readonly fitting: readonly Candidate[];
    }
  | { readonly kind: "too-hard"; readonly stepsMax: number }
  | { readonly kind: "too-many"; readonly packagesMax: number };

const RELEASES_NAMED_MAX = 6;
const REQUIREMENTS_NAMED_MAX = 6;

export function explainFailure(failure: Failure): Problem {
  switch (failure.kind) {
    case "conflict":
      return conflict(failure.requirements);
    case "unknown":
      return problem(
        "RESOLVE_UNKNOWN_PACKAGE",
        `${asks(failure.requirement)}, which is not in this registry`,
        "look for it with `search`",
      );
    case "nothing-fits":
      return nothingFits(failure.requirement, failure.all, failure.fitting);
    case "too-hard":
      return problem(
        "RESOLVE_TOO_HARD",
        `No answer after ${failure.stepsMax} steps`,
        "ask for exact versions of some of the packages",
      );
    case "too-many":
      return problem(
        "RESOLVE_TOO_MANY",
        `More than ${failure.packagesMax} packages would be needed`,
        "install fewer packages at once",
      );
  }
}

function conflict(requirements: readonly Requirement[]): Problem {
  const name = requirements[0]?.name ?? "";
  const said = named(requirements.map(asks), REQUIREMENTS_NAMED_MAX, "; ");
  return problem(
    "RESOLVE_CONFLICT",
    `No release of ${name} is right for all that need it: ${said}`,
    "a project holds one version of a package: ask for other versions of what needs it",
  );
}

function nothingFits(
  requirement: Requirement,
  all: readonly Candidate[],
  fitting: readonly Candidate[],
): Problem {
  if (fitting.length > 0) {
    const withheld = named(
      fitting.map((candidate) => `${candidate.version} (${candidate.withheld})`),
      RELEASES_NAMED_MAX,
      ", ",
    );
    return problem(
      "RESOLVE_NOTHING_FITS",
      `${asks(requirement)}; what fits is withheld: ${withheld}`,
      "ask for another version",
    );
  }
  const seen =
    named(
      all.map((candidate) => candidate.version),
      RELEASES_NAMED_MAX,
      ", ",
    ) || "no releases";
  return problem(
    "RESOLVE_NOTHING_FITS",
    `${asks(requirement)}; there are ${seen}`,
    "ask for a range that one of the releases satisfies",
  );
}

function asks({ name, range, by }: Requirement): string {
  const what = range === "*" ? name : `${name} ${range}`;
  return by === undefined ? `you asked for ${what}` : `${by.name}@${by.version} needs ${what}`;
}

function named(items: readonly string[], max: number, separator: string): string {
  const shown = items.slice(0, max).join(separator);
  return items.length > max ? `${shown}${separator}and ${items.length - max} more` : shown;
}

function problem(code: string, message: string, remedy: string): Problem {
  return { code, severity: "error", file: "", message, remedy };
}
