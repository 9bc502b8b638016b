/**
 * Statements: how anything but a release changes. A small TOML file, signed beside it, chained to the
 * one before by that one's sha256. Format 1.
 *
 *     format = 1
 *     registry = "https://registry.example/"      # the registry it is for: no replay in another
 *     subject = "package:invoice-shapes"          # or "publisher:acme"
 *     action = "yank"
 *     sequence = 2                                # the file is 0002.toml
 *     previous = "…64 hex digits…"                # absent exactly at 1
 *     version = "1.2.0"
 *     reason = "…"
 *
 * Each action has its own keys (statement-schema.ts). Who may say what, and whether the chain holds,
 * is trust's to judge.
 *
 * History: 1, the first.
 */
import type { Digest } from "../base/digest.ts";
import { failed, ok, type Result } from "../base/problem.ts";
import { withLineFeeds } from "./fields.ts";
import type { PackageName, PublisherName } from "./name.ts";
import { ProblemList } from "./problem-list.ts";
import { shown } from "./shown.ts";
import {
  ACTION_SCHEMAS,
  type AdvisorySeverity,
  ANY_ACTION_SCHEMA,
  isStatementAction,
  PUBLISHER_ACTIONS,
  parseSubject,
  STATEMENT_TOML,
} from "./statement-schema.ts";
import { checkToml, problemAt } from "./toml.ts";
import { readToml, type TomlDocument } from "./toml-document.ts";
import { tomlLine, tomlList, tomlString, tomlText } from "./toml-text.ts";
import type { Range, Version } from "./version.ts";

export { ADVISORY_SEVERITIES, type AdvisorySeverity, STATEMENT_SEQUENCE_MAX } from "./statement-schema.ts";

export interface StatementCommon {
  readonly format: 1;
  /** IRI of the registry the statement is for, so that none can be replayed in another. */
  readonly registry: string;
  /** From 1; the file's name is this number in four digits. */
  readonly sequence: number;
  /** sha256 of the statement before; absent exactly where `sequence` is 1. */
  readonly previous?: Digest;
  readonly reason?: string;
}

export interface PublisherSubject {
  readonly kind: "publisher";
  readonly name: PublisherName;
}

export interface PackageSubject {
  readonly kind: "package";
  readonly name: PackageName;
}

/** `key` is an OpenSSH public key without comment; a fingerprint is `SHA256:` and 43 base64 digits. */
export type PublisherAction =
  | { readonly action: "register"; readonly key: string; readonly title?: string; readonly homepage?: string }
  | {
      readonly action: "add-key";
      readonly key: string;
      /** Fingerprint of the key that retires. */
      readonly replaces?: string;
    }
  | {
      readonly action: "revoke-key";
      /** Fingerprint. */
      readonly key: string;
      /** Releases signed by the key that stay valid. */
      readonly releases: readonly Digest[];
      /** Package statements signed by the key that stay valid. */
      readonly statements: readonly Digest[];
      readonly reason: string;
    };

export type PackageAction =
  | { readonly action: "claim"; readonly publisher: PublisherName }
  | { readonly action: "add-owner"; readonly publisher: PublisherName }
  | { readonly action: "remove-owner"; readonly publisher: PublisherName }
  | { readonly action: "yank"; readonly version: Version; readonly reason: string }
  | { readonly action: "unyank"; readonly version: Version }
  | {
      readonly action: "deprecate";
      readonly reason: string;
      readonly replacement?: PackageName;
      readonly versions?: Range;
    }
  | {
      readonly action: "advise";
      readonly id: string;
      readonly severity: AdvisorySeverity;
      readonly versions: Range;
      readonly summary: string;
      readonly url?: string;
    }
  | { readonly action: "archive"; readonly reason: string };

export type PublisherStatement = StatementCommon & { readonly subject: PublisherSubject } & PublisherAction;
export type PackageStatement = StatementCommon & { readonly subject: PackageSubject } & PackageAction;
export type Statement = PublisherStatement | PackageStatement;
export type StatementAction = Statement["action"];

/** The statement in `bytes`, or every problem of it. Signatures and the chain are not looked at. */
export function parseStatement(bytes: Uint8Array, file: string): Result<Statement> {
  const read = readToml(bytes, file, STATEMENT_TOML);
  if (!read.ok) return read;
  const document = read.value;
  const { action } = document.root;
  const isKnown = typeof action === "string" && isStatementAction(action);
  const problems = new ProblemList();
  const value = checkToml(document, isKnown ? ACTION_SCHEMAS[action] : ANY_ACTION_SCHEMA, problems);
  checkChainPosition(document, problems);
  checkSubject(document, problems);
  if (value === undefined || !problems.isEmpty) return failed(problems.sorted());
  const { subject: text, reason, ...rest } = value as { subject: string; reason?: string };
  // The action's schema has judged every key: the value is that action's statement, its texts branded.
  return ok({
    ...rest,
    ...(reason === undefined ? {} : { reason: withLineFeeds(reason) }),
    subject: parseSubject(text),
  } as Statement);
}

function checkChainPosition(document: TomlDocument, problems: ProblemList): void {
  const { sequence, previous } = document.root;
  if (typeof sequence !== "number") return;
  const isFirst = sequence === 1;
  if (isFirst === (previous === undefined)) return;
  problems.add(() =>
    problemAt(document, ["previous"], {
      code: "STATEMENT_PREVIOUS",
      message: isFirst
        ? "the first statement of a chain has no previous one"
        : `statement ${sequence} must name the sha256 of the one before`,
      expected: isFirst ? "no key previous" : "previous, a sha256 as 64 lower-case hex digits",
      found: isFirst ? shown(previous) : "nothing",
      remedy: isFirst
        ? "remove previous, or correct the sequence"
        : "add previous: the sha256 of the statement's file before this one",
      rule: "M33",
    }),
  );
}

function checkSubject(document: TomlDocument, problems: ProblemList): void {
  const { subject: text, action, replacement } = document.root;
  const subject = typeof text === "string" ? parseSubject(text) : undefined;
  if (subject === undefined || typeof action !== "string" || !isStatementAction(action)) return;
  const kind = PUBLISHER_ACTIONS.has(action) ? "publisher" : "package";
  if (subject.kind !== kind) {
    problems.add(() =>
      problemAt(document, ["subject"], {
        code: "STATEMENT_SUBJECT_KIND",
        message: `${action} is said of a ${kind}, and the subject is a ${subject.kind}`,
        expected: `"${kind}:" and a name`,
        found: shown(text),
        remedy: `write subject = "${kind}:…", or another action`,
        rule: "M32",
      }),
    );
  }
  if (action === "deprecate" && replacement === subject.name) {
    problems.add(() =>
      problemAt(document, ["replacement"], {
        code: "STATEMENT_REPLACEMENT",
        message: "a package cannot replace itself",
        expected: "another package",
        found: shown(replacement),
        remedy: "name the package to use instead, or leave replacement out",
        rule: "M37",
      }),
    );
  }
}

/** Keys in the order they are written; what is not here does not exist. */
const KEY_ORDER = [
  "version",
  "versions",
  "publisher",
  "key",
  "replaces",
  "title",
  "homepage",
  "id",
  "severity",
  "summary",
  "url",
  "replacement",
  "releases",
  "statements",
  "reason",
] as const;

/** `statement` as TOML in a fixed order; `parseStatement` gives it back. */
export function writeStatement(statement: Statement): string {
  const values: { readonly [key: string]: unknown } = { ...statement };
  const lines = [
    tomlLine("format", 1),
    tomlLine("registry", tomlString(statement.registry)),
    tomlLine("subject", tomlString(`${statement.subject.kind}:${statement.subject.name}`)),
    tomlLine("action", tomlString(statement.action)),
    tomlLine("sequence", statement.sequence),
  ];
  if (statement.previous !== undefined) lines.push(tomlLine("previous", tomlString(statement.previous)));
  for (const key of KEY_ORDER) {
    const value = values[key];
    if (typeof value === "string") lines.push(tomlLine(key, tomlText(value)));
    else if (Array.isArray(value)) lines.push(tomlLine(key, tomlList(value.map(String))));
  }
  return lines.join("");
}
