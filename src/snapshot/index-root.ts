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
import * as v from "valibot";
import { type Digest, isDigest } from "../base/digest.ts";
import { canonicalJson, type Json, parseCanonicalJson } from "../base/json.ts";
import { failed, ok, type Problem, type Result } from "../base/problem.ts";

export const ROOT_BYTES_MAX = 4096;

const digest = v.pipe(
  v.string(),
  v.check((text) => isDigest(text), "64 lower-case hex digits"),
  v.transform((text) => text as Digest),
);
const length = v.pipe(v.number(), v.integer(), v.minValue(0));
const ref = v.object({ sha256: digest, length });

const indexRoot = v.object({
  format: v.literal(1),
  registry: v.object({
    iri: v.string(),
    name: v.string(),
    title: v.string(),
    description: v.optional(v.string()),
  }),
  counts: v.object({ packages: length, releases: length, publishers: length, triples: length }),
  maintainers: v.array(v.string()),
  rollout: v.object({ backend: v.picklist(["v1", "v2", "parallel"]), percentage: v.optional(length) }),
  sections: v.object({ resolve: ref, packages: ref, publishers: ref, search: ref }),
  graph: v.object({ turtle: ref, nquads: ref }),
  v1: ref,
});

export type IndexRoot = v.InferOutput<typeof indexRoot>;

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
  const parsed = v.safeParse(indexRoot, value);
  if (parsed.success) return ok(parsed.output);
  return failed(
    parsed.issues.map((issue) =>
      error(
        "ROOT_INVALID",
        file,
        `${v.getDotPath(issue) ?? "index root"}: ${issue.message}`,
        "build the registry again",
      ),
    ),
  );
}

function error(code: string, file: string, message: string, remedy: string): Problem {
  return { code, severity: "error", file, message, remedy };
}
