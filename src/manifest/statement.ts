import type { Digest } from "../base/digest.ts";
import type { PackageName, PublisherName } from "./name.ts";
import type { Range, Version } from "./version.ts";

export const ADVISORY_SEVERITIES = ["low", "moderate", "high", "critical"] as const;
export type AdvisorySeverity = (typeof ADVISORY_SEVERITIES)[number];

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
      readonly key: string /** Fingerprint of the key that retires. */;
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
