/**
 * What is inside a verified release, as one plain value: the files and what each is for, the RDF
 * terms it defines and uses, and what its templates may do on a consumer's machine.
 *
 *     ReleaseContent = { kind, files, readme, triples, defined, used, imports, ontologies, permissions, engine }
 *
 * Plain objects and arrays only, every list sorted and bounded: the value can be kept as JSON and
 * read again by a later build, and the order in which files are given never changes it.
 */
import type { Digest } from "../base/digest.ts";
import type { PackageKind } from "../manifest/package-toml.ts";

/** What a file is for, by its place in the layout that the ggen engine reads. */
export type FileRole =
  | "ontology"
  | "shapes"
  | "template"
  | "gate"
  | "query"
  | "hook"
  | "readme"
  | "license"
  | "manifest"
  | "example"
  | "test"
  | "other";

export interface ContentFile {
  /** Relative to `content/`. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  readonly sha256: Digest;
  readonly mediaType: string;
  readonly role: FileRole;
}

export type TermKind = "class" | "property" | "shape" | "concept" | "individual" | "ontology";

/** A term that the release's own RDF describes. */
export interface Term {
  readonly iri: string;
  readonly kind: TermKind;
  readonly label?: string;
  readonly comment?: string;
}

/** A shell command that a template or the hook runs in the root of the consumer's project. */
export interface ShellCommand {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** Before or after the file is written. */
  readonly when: "before" | "after";
  /** The whole command as written; `any` where it is computed and could be every command. */
  readonly command: string;
}

/** A template and the place it writes to, as its `to` says it. */
export interface TemplateOutput {
  readonly file: string;
  readonly to: string;
}

/**
 * What the package may do on the machine of whoever runs it, derived from its templates and its
 * hook alone, never from the package's own word. What cannot be known counts as everything:
 * it stands in `anything` with the reason.
 */
export interface Permissions {
  readonly shell: readonly ShellCommand[];
  /** Files that stand already may be replaced. */
  readonly overwrite: readonly TemplateOutput[];
  /** Files that stand already are edited. */
  readonly inject: readonly TemplateOutput[];
  /** Each template's `to` as written, with its computed parts; `any` where nothing of it is fixed. */
  readonly outputs: readonly string[];
  readonly anything: readonly { readonly file: string; readonly why: string }[];
}

/** A reason for which the ggen engine would not load the files as they are. */
export interface EngineProblem {
  readonly code: "FM-PACK-001" | "FM-PACK-002" | "FM-PACK-003" | "FM-PACK-004" | "FM-PACK-005";
  readonly message: string;
}

export interface ReleaseContent {
  /** The manifest's word where it has one, else derived from the files. */
  readonly kind: PackageKind;
  readonly files: readonly ContentFile[];
  readonly readme?: { readonly path: string; readonly text: string };
  /** Triples in all RDF files that parse. */
  readonly triples: number;
  readonly defined: readonly Term[];
  /** IRIs of other namespaces that the RDF uses as predicate, type or object. */
  readonly used: readonly string[];
  /** Objects of `owl:imports`; they are named, never fetched. */
  readonly imports: readonly string[];
  /** IRIs of the `owl:Ontology` resources. */
  readonly ontologies: readonly string[];
  readonly permissions: Permissions;
  readonly engine: { readonly loadable: boolean; readonly problems: readonly EngineProblem[] };
}
