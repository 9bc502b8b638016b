/**
 * A folder with a package.toml of this registry's format → the draft of a release.
 *
 *     package.toml
 *     content/…            the content; or, where there is no such folder, everything beside package.toml
 */
import { failed, ok, type Problem, type Result } from "../base/problem.ts";
import { parsePackageToml } from "../manifest/package-toml.ts";
import { type NamedDraft, releaseFolder } from "./publication.ts";

const MANIFEST = "package.toml";
const CONTENT = "content/";
/** What publishing writes; that of an earlier release is no content. */
const SIGNED_LIST = new Set(["SHA256SUMS", "SHA256SUMS.sig"]);
const NAMES_SHOWN_MAX = 5;

/** A draft with the place its files came from, so that problems can name the files their owner knows. */
export interface PlacedDraft {
  readonly draft: NamedDraft;
  /** What stands before a content path, with a slash at its end: `my-package/`, `my-package/content/`. */
  readonly contentAt: string;
  /** Path of the manifest. */
  readonly manifestAt: string;
}

/** `files` by path below the folder; `folder` is how messages name it. PUBLISH_NO_MANIFEST, PUBLISH_NO_CONTENT, or what is wrong with package.toml. */
export function draftOwnPackage(files: ReadonlyMap<string, Uint8Array>, folder: string): Result<PlacedDraft> {
  const packageToml = files.get(MANIFEST);
  const manifestAt = `${folder}/${MANIFEST}`;
  if (packageToml === undefined) return failed([noManifest(folder, files.has("pack.toml"))]);
  const manifest = parsePackageToml(packageToml, manifestAt);
  if (!manifest.ok) return manifest;
  const { name, version, publisher } = manifest.value;
  const inner = [...files].filter(([path]) => path.startsWith(CONTENT));
  const prefix = inner.length > 0 ? CONTENT : "";
  const beside = [...files].filter(
    ([path]) => path !== MANIFEST && !SIGNED_LIST.has(path) && !path.startsWith(CONTENT),
  );
  const content = new Map(
    (inner.length > 0 ? inner : beside).map(([path, bytes]) => [path.slice(prefix.length), bytes]),
  );
  if (content.size === 0) return failed([noContent(folder)]);
  const left = inner.length > 0 ? beside.map(([path]) => path) : [];
  const warnings = [...manifest.warnings, ...(left.length === 0 ? [] : [notPublished(folder, left)])];
  return ok(
    {
      draft: { name, version, publisher, packageToml, content },
      contentAt: `${folder}/${prefix}`,
      manifestAt,
    },
    warnings,
  );
}

/** `problem` as the owner of the folder knows its file, where it is of the draft's release or its package. */
export function asInFolder(problem: Problem, { draft, contentAt, manifestAt }: PlacedDraft): Problem {
  const release = releaseFolder(draft);
  const { file } = problem;
  if ([release, `${release}/${MANIFEST}`, `packages/${draft.name}`].includes(file))
    return { ...problem, file: manifestAt };
  const content = `${release}/${CONTENT}`;
  return file.startsWith(content) ? { ...problem, file: contentAt + file.slice(content.length) } : problem;
}

function noManifest(folder: string, isPack: boolean): Problem {
  return {
    code: "PUBLISH_NO_MANIFEST",
    severity: "error",
    file: `${folder}/${MANIFEST}`,
    message: "There is no package.toml",
    remedy: isPack
      ? "this is a pack of ggen's: `import` takes it as it is"
      : "write one: format = 1, then [package] with name, version, publisher, description and license",
  };
}

function noContent(folder: string): Problem {
  const message = "There is nothing beside package.toml: a package has content";
  return {
    code: "PUBLISH_NO_CONTENT",
    severity: "error",
    file: folder,
    message,
    remedy: "add a README.md, and the ontology, templates or queries the package is for",
  };
}

function notPublished(folder: string, paths: readonly string[]): Problem {
  const more = paths.length > NAMES_SHOWN_MAX ? ` and ${paths.length - NAMES_SHOWN_MAX} more` : "";
  return {
    code: "PUBLISH_BESIDE_CONTENT",
    severity: "warning",
    file: folder,
    message: `Only what is in content/ is published; beside it are ${paths.slice(0, NAMES_SHOWN_MAX).join(", ")}${more}`,
    remedy: "move them into content/, or rename that folder and everything is published",
  };
}
