/**
 * Whether a part of the graph keeps the registry's shapes (shapes.ts).
 *
 * Give it whole packages, publishers or the catalogue: a release without its package, or a package
 * without its releases, is judged incomplete. Several packages in one call cost less than one call
 * each. Not for the browser: the SHACL engine is large and nothing there needs it.
 */
import { Parser, type Quad } from "n3";
import type Validator from "rdf-validate-shacl";
import { sortedBy } from "../base/order.ts";
import type { Problem } from "../base/problem.ts";
import { visible } from "../base/visible.ts";
import { type Conforms, conformsTo } from "./conforms.ts";
import { QuadIndex } from "./quad-index.ts";
import { SHAPES_TURTLE } from "./shapes.ts";
import { PREFIXES } from "./vocabulary.ts";

/** Characters of a refused value that a message shows. */
const SHOWN_MAX = 120;

/** Each one for the process: reading the shapes costs as much as validating hundreds of packages. */
let validator: Validator | undefined;
let conforms: Conforms | undefined;

function theShapes(): Quad[] {
  return new Parser().parse(SHAPES_TURTLE);
}

/** The engine is large, and loaded where there is something to report. */
async function theValidator(): Promise<Validator> {
  const engine = await import("rdf-validate-shacl");
  // The engine counts how often it meets a node, against shapes that refer to themselves; ours do
  // not, and counting takes a third of its time.
  const options: ConstructorParameters<typeof Validator>[1] & { maxNodeChecks: number } = {
    maxNodeChecks: 0,
  };
  validator ??= new engine.default(theShapes() as never, options);
  return validator;
}

/**
 * G5: the problems of `quads`, sorted, none where all shapes hold; repeated quads count once. `file` of each is the node that is
 * wrong and `place` the property; `code` is `SHAPE_` and SHACL's constraint, such as `SHAPE_MIN_COUNT`.
 * A promise only because the engine gives one: it reads nothing and calls may overlap.
 */
export async function validateGraph(quads: Iterable<Quad>): Promise<Problem[]> {
  const all = [...quads];
  conforms ??= conformsTo(theShapes());
  return conforms(all) ? [] : await engineReport(all);
}

/** The same, by the SHACL engine alone. */
export async function engineReport(quads: readonly Quad[]): Promise<Problem[]> {
  const engine = await theValidator();
  const report = await engine.validate(new QuadIndex(quads) as never);
  const problems = report.results.map((result): Problem => {
    const value = result.value;
    const place = pathText(result.path);
    return {
      code: codeOf(result.sourceConstraintComponent),
      severity: result.severity?.value.endsWith("#Warning") ? "warning" : "error",
      file: result.focusNode?.value ?? "",
      ...(place === undefined ? {} : { place }),
      message: visible(result.message.map((message) => message.value).join("; ")),
      ...(value && value.termType !== "BlankNode"
        ? { found: visible(value.value.slice(0, SHOWN_MAX).toWellFormed()) }
        : {}),
      remedy: "correct the package's files or statements that the graph is made from",
      rule: "G5",
    };
  });
  return sortedBy(problems, ({ file, place, code, found }) => [file, place, code, found].join("\n"));
}

/** `http://www.w3.org/ns/shacl#MinCountConstraintComponent` as `SHAPE_MIN_COUNT`. */
function codeOf(component: { readonly value: string } | null): string {
  const local = (component?.value ?? "").replace(/^.*#/, "").replace(/ConstraintComponent$/, "");
  return `SHAPE_${local.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase()}`;
}

/** `dcterms:license`; a path that is no single property has no name. */
function pathText(path: { readonly termType: string; readonly value: string } | null): string | undefined {
  if (path?.termType !== "NamedNode") return undefined;
  const known = PREFIXES.find(([, namespace]) => path.value.startsWith(namespace));
  return known === undefined ? path.value : `${known[0]}:${path.value.slice(known[1].length)}`;
}
