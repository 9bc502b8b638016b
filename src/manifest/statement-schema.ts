/** The keys of each statement, and the rule of each key. */
import * as v from "valibot";
import {
  digestField,
  lineField,
  nameField,
  proseField,
  rangeField,
  versionField,
  webUrlField,
} from "./fields.ts";
import { parsePackageName, parsePublisherName } from "./name.ts";
import { integerBetween, listOf, textWhere } from "./rule.ts";
import {
  explainSshKey,
  FINGERPRINT_PATTERN,
  isFingerprint,
  isSshPublicKey,
  SSH_KEY_PATTERN,
} from "./ssh-key.ts";
import type { PackageSubject, PublisherSubject } from "./statement.ts";
import type { TomlFormat } from "./toml-document.ts";
import { isRegistryIri, REGISTRY_IRI_CHARS_MAX } from "./web.ts";

/** A revocation names each release that stays valid: 66 bytes and more for each. */
export const STATEMENT_BYTES_MAX = 1024 * 1024;
/** Four digits in the file's name. */
export const STATEMENT_SEQUENCE_MAX = 9_999;
export const REVOCATION_DIGESTS_MAX = 10_000;
export const REASON_BYTES_MAX = 2_000;
export const ADVISORY_SUMMARY_BYTES_MAX = 500;
export const PUBLISHER_TITLE_BYTES_MAX = 128;

export const ADVISORY_SEVERITIES = ["low", "moderate", "high", "critical"] as const;
export type AdvisorySeverity = (typeof ADVISORY_SEVERITIES)[number];

const codes = "STATEMENT";

export const STATEMENT_TOML: TomlFormat = {
  codes,
  bytesMax: STATEMENT_BYTES_MAX,
  synonyms: new Map([
    ["message", "reason"],
    ["owner", "publisher"],
    ["prev", "previous"],
    ["fingerprint", "key"],
    ["range", "versions"],
  ]),
};

/** `package:` or `publisher:` and a name; `undefined` where `text` is neither. */
export function parseSubject(text: string): PackageSubject | PublisherSubject | undefined {
  const [, kind, rest = ""] = /^(package|publisher):(.*)$/s.exec(text) ?? [];
  if (kind === "package") {
    const name = parsePackageName(rest);
    return name === undefined ? undefined : { kind, name };
  }
  const name = kind === "publisher" ? parsePublisherName(rest) : undefined;
  return name === undefined ? undefined : { kind: "publisher", name };
}

const registryField = textWhere(isRegistryIri, {
  code: `${codes}_REGISTRY`,
  rule: "M30",
  expected: `the registry's IRI: https, ends in "/", no query or fragment, at most ${REGISTRY_IRI_CHARS_MAX} characters`,
  remedy: "copy iri from registry.toml",
});

const subjectField = textWhere((text) => parseSubject(text) !== undefined, {
  code: `${codes}_SUBJECT`,
  rule: "M31",
  expected: '"package:" or "publisher:" and a name',
  remedy: 'write subject = "package:<name>" or "publisher:<name>"',
});

export const keyField = (code: string, rule: string) =>
  textWhere(isSshPublicKey, {
    code,
    rule,
    expected: 'an OpenSSH public key without comment: "ssh-ed25519 AAAA…"',
    remedy: (found) => explainSshKey(String(found)),
    jsonSchema: { pattern: SSH_KEY_PATTERN },
  });

const fingerprintField = textWhere(isFingerprint, {
  code: `${codes}_FINGERPRINT`,
  rule: "M34",
  expected: 'the fingerprint of a key: "SHA256:" and 43 base64 digits',
  remedy: "copy what ssh-keygen -l -f <key>.pub prints after the number of bits",
  jsonSchema: { pattern: FINGERPRINT_PATTERN },
});

const advisoryIdField = textWhere(
  (text) => /^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/.test(text) && text.length <= 64,
  {
    code: `${codes}_ADVISORY_ID`,
    rule: "M36",
    expected: "letters, digits and single hyphens, at most 64 characters",
    remedy: "write an identifier such as CVE-2026-1234 or GGEN-2026-0001",
  },
);

const digests = listOf(digestField(`${codes}_DIGEST`, "M35"), REVOCATION_DIGESTS_MAX, {
  code: `${codes}_DIGESTS`,
  rule: "M35",
  remedy: "list each digest once",
});

const common = {
  format: v.literal(1),
  registry: registryField,
  subject: subjectField,
  sequence: integerBetween(1, STATEMENT_SEQUENCE_MAX, {
    code: `${codes}_SEQUENCE`,
    rule: "M33",
    remedy: "count the statements of the subject from 1; the number is also the file's name",
  }),
  previous: v.optional(digestField(`${codes}_DIGEST`, "M33")),
};

const key = keyField(`${codes}_KEY`, "M34");
const publisher = nameField(codes, "publisher");
const version = versionField(codes);
const range = rangeField(codes);
const reason = proseField(codes, REASON_BYTES_MAX, "M13");
const maybeReason = { reason: v.optional(reason) };

/** Keys of each action beyond the common ones. */
const ACTION_KEYS = {
  register: {
    key,
    title: v.optional(lineField(codes, PUBLISHER_TITLE_BYTES_MAX, "M13")),
    homepage: v.optional(webUrlField(codes)),
    ...maybeReason,
  },
  "add-key": { key, replaces: v.optional(fingerprintField), ...maybeReason },
  "revoke-key": { key: fingerprintField, releases: digests, statements: digests, reason },
  claim: { publisher, ...maybeReason },
  "add-owner": { publisher, ...maybeReason },
  "remove-owner": { publisher, ...maybeReason },
  yank: { version, reason },
  unyank: { version, ...maybeReason },
  deprecate: { replacement: v.optional(nameField(codes, "package")), versions: v.optional(range), reason },
  advise: {
    id: advisoryIdField,
    severity: v.picklist(ADVISORY_SEVERITIES),
    versions: range,
    summary: lineField(codes, ADVISORY_SUMMARY_BYTES_MAX, "M13"),
    url: v.optional(webUrlField(codes)),
    ...maybeReason,
  },
  archive: { reason },
};

type Action = keyof typeof ACTION_KEYS;
const ACTIONS = Object.keys(ACTION_KEYS) as Action[];

export const PUBLISHER_ACTIONS: ReadonlySet<string> = new Set<Action>(["register", "add-key", "revoke-key"]);

export function isStatementAction(text: string): text is Action {
  return Object.hasOwn(ACTION_KEYS, text);
}

function schemaOf(action: Action): v.GenericSchema {
  return v.strictObject({ ...common, action: v.literal(action), ...ACTION_KEYS[action] });
}

export const ACTION_SCHEMAS = Object.fromEntries(ACTIONS.map((action) => [action, schemaOf(action)])) as {
  readonly [A in Action]: v.GenericSchema;
};

const anyKey = Object.assign({}, ...Object.values(ACTION_KEYS)) as {
  readonly [key: string]: v.GenericSchema;
};

/** For a statement whose action is missing or unknown: the common keys are judged, and any action's key is let through. */
export const ANY_ACTION_SCHEMA: v.GenericSchema = v.strictObject({
  ...Object.fromEntries(Object.keys(anyKey).map((name) => [name, v.optional(v.unknown())])),
  ...common,
  action: v.picklist(ACTIONS),
});
