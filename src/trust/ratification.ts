/**
 * trust/ratified.json: what the maintainers, offline and together, have said of names. Format 1.
 *
 *     {
 *       "format": 1,
 *       "registry": "https://registry.example/",
 *       "maintainers": ["ssh-ed25519 AAAA…"],               keys whose statements are overrides
 *       "claims":     { "<package>":   "<sha256 of its statement 0001, the claim>" },
 *       "publishers": { "<publisher>": "<sha256 of its statement 0001, the registration>" }
 *     }
 *
 * Canonical JSON; a target of the TUF targets role, so that it is as hard to forge as that. It is what
 * keeps a name with its owner where every key that is online is stolen: a claim names a publisher by
 * name only, so the publisher's registration, which holds the first key, is ratified with it, and every
 * later key and owner is signed by an earlier one.
 *
 * History: 1, the first.
 */
import { type Digest, isDigest } from "../base/digest.ts";
import { canonicalJson, parseCanonicalJson } from "../base/json.ts";
import { failed, type Problem, problemsOf, type Result, settle } from "../base/problem.ts";
import { list, object, text } from "../base/shape.ts";
import { visible } from "../base/visible.ts";
import {
  type PackageName,
  type PublisherName,
  parsePackageName,
  parsePublisherName,
} from "../manifest/name.ts";
import type { PublicKey } from "./public-key.ts";
import { readTrustRoot } from "./trust-root.ts";

/** A hundred thousand names. */
export const RATIFIED_BYTES_MAX = 16 * 1024 * 1024;

export interface Ratification {
  /** The registry's IRI. */
  readonly registry: string;
  readonly maintainers: readonly PublicKey[];
  /** Digest of each package's first statement. */
  readonly claims: ReadonlyMap<PackageName, Digest>;
  /** Digest of each publisher's first statement. */
  readonly publishers: ReadonlyMap<PublisherName, Digest>;
}

const shape = object({
  registry: text,
  maintainers: list(text),
  claims: object({}),
  publishers: object({}),
});

interface Written {
  readonly format: number;
  readonly registry: string;
  readonly maintainers: readonly string[];
  readonly claims: Readonly<Record<string, unknown>>;
  readonly publishers: Readonly<Record<string, unknown>>;
}

export function writeRatification({ registry, maintainers, claims, publishers }: Ratification): Uint8Array {
  return canonicalJson({
    format: 1,
    registry,
    maintainers: maintainers.map((key) => key.openssh),
    claims: Object.fromEntries(claims),
    publishers: Object.fromEntries(publishers),
  });
}

/** Problems: RATIFIED_TOO_LARGE, RATIFIED_NOT_CANONICAL, RATIFIED_NEWER_FORMAT, RATIFIED_INVALID, those of a key, MAINTAINER_TWICE. */
export function parseRatification(bytes: Uint8Array, file: string): Result<Ratification> {
  const refuse = (code: string, message: string, remedy: string): Result<Ratification> =>
    failed([ratifiedProblem(code, file, message, remedy)]);
  if (bytes.length > RATIFIED_BYTES_MAX)
    return refuse("RATIFIED_TOO_LARGE", `It has more than ${RATIFIED_BYTES_MAX} bytes`, "write it again");
  const value = parseCanonicalJson(bytes) as unknown;
  if (value === undefined)
    return refuse("RATIFIED_NOT_CANONICAL", "It is not canonical JSON", "write it with `trust ratify`");
  const format = (value as { format?: unknown } | null)?.format;
  if (typeof format === "number" && format > 1)
    return refuse(
      "RATIFIED_NEWER_FORMAT",
      `It has format ${format}; this program reads format 1`,
      "update ggen-marketplace",
    );
  if (format !== 1 || !shape(value))
    return refuse(
      "RATIFIED_INVALID",
      "It has not the form that format 1 has",
      "write it with `trust ratify`",
    );
  const { registry, maintainers, claims, publishers } = value as Written;
  const root = readTrustRoot(registry, maintainers, file);
  const problems: Problem[] = [...problemsOf(root)];
  const named = {
    claims: digestsOf(claims, parsePackageName, `${file}: claims`, problems),
    publishers: digestsOf(publishers, parsePublisherName, `${file}: publishers`, problems),
  };
  return root.ok ? settle({ registry, maintainers: root.value.maintainers, ...named }, problems) : root;
}

function digestsOf<Name extends string>(
  given: Readonly<Record<string, unknown>>,
  parse: (text: string) => Name | undefined,
  where: string,
  problems: Problem[],
): ReadonlyMap<Name, Digest> {
  const digests = new Map<Name, Digest>();
  for (const [text, digest] of Object.entries(given)) {
    const name = parse(text);
    if (name !== undefined && typeof digest === "string" && isDigest(digest)) digests.set(name, digest);
    else
      problems.push(
        ratifiedProblem(
          "RATIFIED_INVALID",
          where,
          `"${visible(text.slice(0, 80))}" is no name with the digest of its first statement`,
          "write the file with `trust ratify`",
        ),
      );
  }
  return digests;
}

function ratifiedProblem(code: string, file: string, message: string, remedy: string): Problem {
  return { code, severity: "error", file, message, remedy, rule: "T30" };
}
