/** A release that is proven, with the form that ggen loads where one is wanted: what is shown, agreed to and written. */
import type { Digest, Hash } from "../base/digest.ts";
import type { ProvenRelease } from "../client/verify-archive.ts";
import { adaptRelease } from "../content/adapt.ts";
import type { Permissions } from "../content/content.ts";
import type { Files } from "../content/inventory.ts";
import { adaptedFolder, contentDigest, packFolder } from "../node/installed-pack.ts";

export interface AdaptedForm {
  readonly files: Files;
  readonly digest: Digest;
  readonly permissions: Permissions;
  /** What is other than in the release, in words. */
  readonly changes: readonly string[];
}

export interface PreparedRelease extends ProvenRelease {
  /** The IRI of its registry. */
  readonly iri: string;
  readonly form?: AdaptedForm;
  /** Why there is none, where one is wanted. */
  readonly noForm?: readonly string[];
}

/** `adapts`: whether a form is wanted where ggen does not load the release as it is. */
export function prepare(proven: ProvenRelease, iri: string, adapts: boolean, hash: Hash): PreparedRelease {
  if (!adapts || proven.content.engine.loadable) return { ...proven, iri };
  const form = adaptRelease(proven.release, iri);
  if (!form.ok) return { ...proven, iri, noForm: form.reasons };
  return { ...proven, iri, form: { ...form, digest: contentDigest(form.files, hash) } };
}

/** What it may do once it is installed: of an adapted one, what its form may do, which has all of its files. */
export function permissionsOf({ form, content }: PreparedRelease): Permissions {
  return form?.permissions ?? content.permissions;
}

/** The folder that ggen loads it from; `undefined` where it does not. */
export function loadedFrom({ form, content, release }: PreparedRelease): string | undefined {
  if (form !== undefined) return adaptedFolder(release.manifest.name);
  return content.engine.loadable ? packFolder(release.manifest.name) : undefined;
}
