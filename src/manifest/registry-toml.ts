/**
 * registry.toml, what the operator of a registry decides. Format 1.
 *
 *     format = 1
 *     name = "example"
 *     title = "Example registry"
 *     description = "…"                            # optional
 *     iri = "https://registry.example/"            # permanent: IRIs are minted on it, mirrors keep it
 *     base-url = "https://cdn.example/registry/"   # optional: where the tree is served
 *
 *     [limits]                                     # each optional, within LIMIT_CEILINGS
 *     release-bytes-max = 33554432
 *
 *     [policy]
 *     require-readme = true
 *
 *     [trust]                                      # how long what is signed holds, each optional
 *     root-days = 730
 *
 *     [rollout]
 *     backend = "parallel"                         # v1 | v2 | parallel
 *     percentage = 10                              # only with parallel
 *
 * History: 1, the first.
 */
import * as v from "valibot";
import { failed, ok, type Result } from "../base/problem.ts";
import { lineField, nameField, proseField, withLineFeeds } from "./fields.ts";
import { DEFAULT_LIMITS, LIMIT_CEILINGS, type Limits } from "./limits.ts";
import { ProblemList } from "./problem-list.ts";
import { integerBetween, textWhere } from "./rule.ts";
import { shown } from "./shown.ts";
import { checkToml, problemAt } from "./toml.ts";
import { readToml, type TomlFormat } from "./toml-document.ts";
import { tomlLine, tomlString, tomlText } from "./toml-text.ts";
import { isBaseUrl, isRegistryIri, REGISTRY_IRI_CHARS_MAX } from "./web.ts";

export { DEFAULT_LIMITS, LIMIT_CEILINGS, type Limits } from "./limits.ts";
export { parseMaintainersToml, writeMaintainersToml } from "./maintainers-toml.ts";

export const ROLLOUT_BACKENDS = ["v1", "v2", "parallel"] as const;
export type RolloutBackend = (typeof ROLLOUT_BACKENDS)[number];

export const REGISTRY_TITLE_BYTES_MAX = 128;
export const REGISTRY_DESCRIPTION_BYTES_MAX = 2_000;
export const REGISTRY_TOML_BYTES_MAX = 64 * 1024;

/** A registry.toml that was read and found good; absent limits, policy and rollout have their defaults. */
export interface RegistryConfig {
  readonly format: 1;
  readonly name: string;
  readonly title: string;
  readonly description?: string;
  /** Permanent: https, ends in `/`. IRIs are minted on it, and mirrors keep it. */
  readonly iri: string;
  /** Where the published tree is served; ends in `/`. */
  readonly baseUrl?: string;
  readonly limits: Limits;
  /** Days for which each kind of trust metadata holds. */
  readonly trust: TrustLifetimes;
  readonly policy: {
    /** A release has content/README.md. */
    readonly requireReadme: boolean;
  };
  /** `percentage` (0 to 100) only with `parallel`. */
  readonly rollout: { readonly backend: RolloutBackend; readonly percentage?: number };
}

/** In days. Index and snapshot are signed together, and hold equally long. */
export interface TrustLifetimes {
  readonly root: number;
  readonly targets: number;
  readonly snapshot: number;
  readonly timestamp: number;
}

export const DEFAULT_LIFETIMES: TrustLifetimes = { root: 730, targets: 365, snapshot: 90, timestamp: 7 };
/** Ten years: who holds a key for longer does not. */
const LIFETIME_DAYS_MAX = 3653;

const codes = "REGISTRY";
const REGISTRY_TOML: TomlFormat = {
  codes,
  bytesMax: REGISTRY_TOML_BYTES_MAX,
  synonyms: new Map([
    ["url", "base-url"],
    ["baseUrl", "base-url"],
    ["id", "iri"],
  ]),
};

/** Keys of [limits], and the limit each one sets. */
const LIMIT_KEYS = [
  ["release-bytes-max", "releaseBytesMax"],
  ["release-files-max", "releaseFilesMax"],
  ["file-bytes-max", "fileBytesMax"],
  ["path-bytes-max", "pathBytesMax"],
  ["description-bytes-max", "descriptionBytesMax"],
  ["dependencies-max", "dependenciesMax"],
] as const satisfies readonly (readonly [string, keyof Limits])[];

type LimitKey = (typeof LIMIT_KEYS)[number][0];

function limitField(limit: keyof Limits) {
  return v.optional(
    integerBetween(1, LIMIT_CEILINGS[limit], {
      code: `${codes}_LIMIT`,
      rule: "M41",
      remedy: `write at most ${LIMIT_CEILINGS[limit]}: every reader relies on this ceiling`,
    }),
  );
}

const limitFields = Object.fromEntries(LIMIT_KEYS.map(([key, limit]) => [key, limitField(limit)])) as {
  readonly [K in LimitKey]: ReturnType<typeof limitField>;
};

const LIFETIME_KEYS = [
  ["root-days", "root"],
  ["targets-days", "targets"],
  ["snapshot-days", "snapshot"],
  ["timestamp-days", "timestamp"],
] as const satisfies readonly (readonly [string, keyof TrustLifetimes])[];

function lifetimeField() {
  return v.optional(
    integerBetween(1, LIFETIME_DAYS_MAX, {
      code: `${codes}_LIFETIME`,
      rule: "M44",
      remedy: `write a whole number of days, at most ${LIFETIME_DAYS_MAX}`,
    }),
  );
}

const lifetimeFields = Object.fromEntries(LIFETIME_KEYS.map(([key]) => [key, lifetimeField()])) as {
  readonly [K in (typeof LIFETIME_KEYS)[number][0]]: ReturnType<typeof lifetimeField>;
};

const RegistrySchema = v.strictObject({
  format: v.literal(1),
  name: nameField(codes, "package", "M40"),
  title: lineField(codes, REGISTRY_TITLE_BYTES_MAX, "M13"),
  description: v.optional(proseField(codes, REGISTRY_DESCRIPTION_BYTES_MAX, "M13")),
  iri: textWhere(isRegistryIri, {
    code: `${codes}_IRI`,
    rule: "M30",
    expected: `an https IRI that ends in "/", without query or fragment, at most ${REGISTRY_IRI_CHARS_MAX} characters`,
    remedy: 'write the permanent address, such as "https://registry.example/"; it can never change',
  }),
  "base-url": v.optional(
    textWhere(isBaseUrl, {
      code: `${codes}_BASE_URL`,
      rule: "M14",
      expected: 'an http or https URL that ends in "/", without query or fragment',
      remedy: "write the address of the folder that holds registry.json, with a slash at the end",
    }),
  ),
  limits: v.optional(v.strictObject(limitFields)),
  trust: v.optional(v.strictObject(lifetimeFields)),
  policy: v.optional(v.strictObject({ "require-readme": v.optional(v.boolean()) })),
  rollout: v.optional(
    v.strictObject({
      backend: v.picklist(ROLLOUT_BACKENDS),
      percentage: v.optional(
        integerBetween(0, 100, { code: `${codes}_PERCENTAGE`, rule: "M42", remedy: "write a percentage" }),
      ),
    }),
  ),
});

/** The configuration in `bytes`, or every problem of it. */
export function parseRegistryToml(bytes: Uint8Array, file: string): Result<RegistryConfig> {
  const read = readToml(bytes, file, REGISTRY_TOML);
  if (!read.ok) return read;
  const problems = new ProblemList();
  const value = checkToml(read.value, RegistrySchema, problems);
  const rollout = value?.rollout;
  if (rollout?.percentage !== undefined && rollout.backend !== "parallel") {
    problems.add(() =>
      problemAt(read.value, ["rollout", "percentage"], {
        code: `${codes}_PERCENTAGE`,
        message: "rollout.percentage shares clients between two backends, and only parallel has two",
        expected: 'backend = "parallel"',
        found: shown(rollout.backend),
        remedy: 'remove percentage, or write backend = "parallel"',
        rule: "M42",
      }),
    );
  }
  return value === undefined || !problems.isEmpty ? failed(problems.sorted()) : ok(makeConfig(value));
}

function makeConfig(value: v.InferOutput<typeof RegistrySchema>): RegistryConfig {
  const limits = { ...DEFAULT_LIMITS } as { -readonly [K in keyof Limits]: number };
  for (const [key, limit] of LIMIT_KEYS) limits[limit] = value.limits?.[key] ?? DEFAULT_LIMITS[limit];
  const trust = { ...DEFAULT_LIFETIMES } as { -readonly [K in keyof TrustLifetimes]: number };
  for (const [key, role] of LIFETIME_KEYS) trust[role] = value.trust?.[key] ?? DEFAULT_LIFETIMES[role];
  const { rollout } = value;
  return {
    format: 1,
    name: value.name,
    title: value.title,
    ...(value.description === undefined ? {} : { description: withLineFeeds(value.description) }),
    iri: value.iri,
    ...(value["base-url"] === undefined ? {} : { baseUrl: value["base-url"] }),
    limits,
    trust,
    policy: { requireReadme: value.policy?.["require-readme"] ?? false },
    rollout: {
      backend: rollout?.backend ?? "v1",
      ...(rollout?.percentage === undefined ? {} : { percentage: rollout.percentage }),
    },
  };
}

/** `config` as TOML; limits and lifetimes that have their default are left out, so that they move with it. */
export function writeRegistryToml(config: RegistryConfig): string {
  const limits = LIMIT_KEYS.filter(([, limit]) => config.limits[limit] !== DEFAULT_LIMITS[limit]);
  const lifetimes = LIFETIME_KEYS.filter(([, role]) => config.trust[role] !== DEFAULT_LIFETIMES[role]);
  return [
    "format = 1\n",
    tomlLine("name", tomlString(config.name)),
    tomlLine("title", tomlString(config.title)),
    config.description === undefined ? "" : tomlLine("description", tomlText(config.description)),
    tomlLine("iri", tomlString(config.iri)),
    config.baseUrl === undefined ? "" : tomlLine("base-url", tomlString(config.baseUrl)),
    limits.length === 0 ? "" : "\n[limits]\n",
    ...limits.map(([key, limit]) => tomlLine(key, config.limits[limit])),
    lifetimes.length === 0 ? "" : "\n[trust]\n",
    ...lifetimes.map(([key, role]) => tomlLine(key, config.trust[role])),
    `\n[policy]\n${tomlLine("require-readme", config.policy.requireReadme)}`,
    `\n[rollout]\n${tomlLine("backend", tomlString(config.rollout.backend))}`,
    config.rollout.percentage === undefined ? "" : tomlLine("percentage", config.rollout.percentage),
  ].join("");
}
