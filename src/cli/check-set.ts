/** What is said of packages that shall stand in one project together: their gates, and terms that two of them define. */
import { RegistryError } from "../base/error.ts";
import type { Problem } from "../base/problem.ts";
import { isLoadedGate } from "../content/inventory.ts";
import { sharedTerms } from "../content/shared-terms.ts";
import type { GateFinding, GateReport } from "../node/gates.ts";
import { packFolder } from "../node/installed-pack.ts";
import type { PreparedRelease } from "./prepared.ts";
import { plural } from "./refused.ts";

export interface SetCheck {
  /** Absent where no package has gates. */
  readonly gates?: GateReport;
  /** Of gates that fail or cannot be run. */
  readonly failing: readonly Problem[];
  readonly warnings: readonly Problem[];
}

const NAMED_MAX = 10;
const TERMS_NAMED_MAX = 3;

/** Nothing is written, and without gates no query engine is read. */
export async function checkSet(packages: readonly PreparedRelease[]): Promise<SetCheck> {
  const warnings = termProblems(packages);
  const set = packages.map(({ release: { manifest, content }, iri, form }) => ({
    ...{ name: manifest.name, version: manifest.version, registry: iri },
    files: form?.files ?? content,
  }));
  const hasGates = set.some(({ files }) => [...files.keys()].some(isLoadedGate));
  if (!hasGates) return { failing: [], warnings };
  const { runGates } = await import("../node/gates.ts");
  const gates = await runGates(set);
  return { gates, failing: gateProblems(gates), warnings: [...warnings, ...unreadProblems(gates)] };
}

/** With --strict-gates what fails is an error. Throws GATES_FAIL. */
export function refuseFailing({ failing }: SetCheck): void {
  if (failing.length === 0) return;
  throw new RegistryError(
    "GATES_FAIL",
    `Over what would be installed, ${plural(failing.length, "gate")} did not pass; nothing was changed`,
    "look at what the packages say together; without --strict-gates this is a warning",
    { problems: failing.map((problem) => ({ ...problem, severity: "error" })) },
  );
}

/** In one line: how many pass, over which packages. */
export function gateCount({ gates, over }: GateReport): string {
  const passing = gates.filter(({ state }) => state === "passes").length;
  return `${passing} of ${plural(gates.length, "gate")} pass over ${namesOf(over)}`;
}

function gateProblems({ gates, over }: GateReport): Problem[] {
  return gates.flatMap((gate): Problem[] => {
    if (gate.state === "passes") return [];
    const file = `${packFolder(gate.package)}/${gate.file}`;
    if (gate.state === "not run")
      return [
        {
          code: "GATE_NOT_RUN",
          severity: "warning",
          file,
          message: `The gate was not run: ${gate.why}`,
          remedy: "look at the query; ggen may refuse it too, or wait for it as long as it takes",
        },
      ];
    return [
      {
        code: "GATE_FAILS",
        severity: "warning",
        file,
        message: `The gate fails over ${namesOf(over)}${gate.message === "" ? "" : `: ${gate.message}`}`,
        found: rowsText(gate),
        remedy:
          "ggen stops at it, unless your project's own facts say what is missing: take other versions, or leave one out",
      },
    ];
  });
}

function rowsText({ rows, hasMore }: GateFinding): string {
  if (rows.length === 0) return "yes";
  const lines = rows.map((row) =>
    Object.entries(row)
      .map(([name, term]) => `?${name} = ${term}`)
      .join(", "),
  );
  return [...lines, ...(hasMore ? ["…"] : [])].join(" | ");
}

function unreadProblems({ unreadable }: GateReport): Problem[] {
  return unreadable.map((file) => ({
    code: "GATE_FACTS_UNREADABLE",
    severity: "warning",
    file,
    message: "The gates were asked without this file: it cannot be read as RDF",
    remedy: "tell its publisher",
  }));
}

function namesOf(names: readonly string[]): string {
  if (names.length === 0) return "no facts at all";
  const more = names.length > NAMED_MAX ? ` and ${names.length - NAMED_MAX} more` : "";
  return `${names.slice(0, NAMED_MAX).join(", ")}${more}`;
}

function termProblems(packages: readonly PreparedRelease[]): Problem[] {
  const defined = new Map(
    packages.map(({ release, content }) => [release.manifest.name as string, content.defined]),
  );
  return sharedTerms(defined).map(({ first, second, iris }) => ({
    code: "TERMS_DEFINED_TWICE",
    severity: "warning",
    file: packFolder(second),
    message: `It defines ${plural(iris.length, "term")} that ${first} defines too: ${iris
      .slice(0, TERMS_NAMED_MAX)
      .map((iri) => `<${iri}>`)
      .join(", ")}${iris.length > TERMS_NAMED_MAX ? ", …" : ""}`,
    remedy: "together they say what both say: see that they mean the same, or leave one out",
  }));
}
