/**
 * The index root: the one small file that commits to a whole view of the registry.
 *
 *     {
 *       "format": 1,
 *       "registry": { "iri", "name", "title", "description"? },
 *       "counts": { "packages", "releases", "publishers", "triples" },
 *       "maintainers": ["ssh-ed25519 AAAA…"],
 *       "rollout": { "backend", "percentage"? },
 *       "sections": { "resolve", "packages", "publishers", "search" }   each { sha256, length } of its manifest
 *       "graph": { "turtle", "nquads" },  "v1"                          each { sha256, length }
 *     }
 *
 * Canonical JSON, at most 4 kB, named by its sha256. registry.json says which root is current.
 * A reader that meets a newer format says so. History: format 1, the first.
 */
import { isDigest } from "../base/digest.ts";
import { canonicalJson, type Json, parseCanonicalJson } from "../base/json.ts";
import { failed, ok, type Problem, type Result } from "../base/problem.ts";
import { count, list, matching, object, text } from "../base/shape.ts";
import type { Ref } from "./layout.ts";

export const ROOT_BYTES_MAX = 4096;

export interface IndexRoot {
  readonly format: 1;
  readonly registry: {
    readonly iri: string;
    readonly name: string;
    readonly title: string;
    readonly description?: string;
  };
  readonly counts: {
    readonly packages: number;
    readonly releases: number;
    readonly publishers: number;
    readonly triples: number;
  };
  readonly maintainers: readonly string[];
  readonly rollout: { readonly backend: "v1" | "v2" | "parallel"; readonly percentage?: number };
  readonly sections: {
    readonly resolve: Ref;
    readonly packages: Ref;
    readonly publishers: Ref;
    readonly search: Ref;
  };
  readonly graph: { readonly turtle: Ref; readonly nquads: Ref };
  readonly v1: Ref;
}

const ref = object({ sha256: matching(isDigest), length: count });
const backend = matching((value) => value === "v1" || value === "v2" || value === "parallel");
/** The parts of a root after `format`, each with its form. */
const PARTS = {
  registry: object({ iri: text, name: text, title: text }, { description: text }),
  counts: object({ packages: count, releases: count, publishers: count, triples: count }),
  maintainers: list(text),
  rollout: object({ backend }, { percentage: count }),
  sections: object({ resolve: ref, packages: ref, publishers: ref, search: ref }),
  graph: object({ turtle: ref, nquads: ref }),
  v1: ref,
};

export function writeIndexRoot(root: IndexRoot): Uint8Array {
  return canonicalJson(root as unknown as Json);
}

export function parseIndexRoot(bytes: Uint8Array, file: string): Result<IndexRoot> {
  const problem = (code: string, message: string, remedy: string): Result<IndexRoot> =>
    failed([error(code, file, message, remedy)]);
  if (bytes.length > ROOT_BYTES_MAX)
    return problem(
      "ROOT_TOO_LARGE",
      `The index root has ${bytes.length} bytes; at most ${ROOT_BYTES_MAX} are read`,
      "build the registry again",
    );
  const value = parseCanonicalJson(bytes);
  if (value === undefined)
    return problem(
      "ROOT_NOT_CANONICAL",
      "The index root is not canonical JSON",
      "fetch it again, or build the registry again",
    );
  const format = (value as { format?: unknown } | null)?.format;
  if (typeof format === "number" && format > 1)
    return problem(
      "ROOT_NEWER_FORMAT",
      `The registry has format ${format}; this program reads format 1`,
      "update ggen-marketplace",
    );
  const invalid =
    format === 1
      ? Object.entries(PARTS).filter(([key, shape]) => !shape((value as Record<string, unknown>)[key]))
      : [["format"]];
  if (invalid.length === 0) return ok(value as unknown as IndexRoot);
  return failed(
    invalid.map(([key]) =>
      error(
        "ROOT_INVALID",
        file,
        `${key}: missing, or not of the form that format 1 has`,
        "build the registry again",
      ),
    ),
  );
}

function error(code: string, file: string, message: string, remedy: string): Problem {
  return { code, severity: "error", file, message, remedy };
}
