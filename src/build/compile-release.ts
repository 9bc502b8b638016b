/**
 * One release, from its files to what later stages know of it: verified, described and packed. Pure:
 * the same files under the same authority give the same bytes.
 */
import { failed, ok, type Problem, problemsOf, type Result } from "../base/problem.ts";
import { describeContent } from "../content/describe.ts";
import { type ArchiveRef, releaseView } from "../content/view.ts";
import type { RegistryConfig } from "../manifest/registry-toml.ts";
import { writeArchive } from "../snapshot/archive.ts";
import type { TrustPorts } from "../trust/ed25519.ts";
import { type ReleaseAuthority, type UnverifiedRelease, verifyRelease } from "../trust/release.ts";
import { type PackedView, packView } from "./packed-view.ts";

export interface CompiledRelease {
  readonly view: PackedView;
  /** Absent where the release has fallen. */
  readonly archive: (ArchiveRef & { readonly bytes: Uint8Array }) | undefined;
}

export interface CompileInput {
  readonly release: UnverifiedRelease;
  readonly authority: ReleaseAuthority;
  readonly config: RegistryConfig;
}

export function compileRelease(input: CompileInput, ports: TrustPorts): Result<CompiledRelease> {
  const { release, authority, config } = input;
  const verified = verifyRelease(release, authority, ports);
  if (!verified.ok) return verified;
  const content = describeContent(verified.value, config.iri);
  if (!content.ok) return failed([...verified.warnings, ...content.problems]);
  if (config.policy.requireReadme && content.value.readme === undefined)
    return failed([...verified.warnings, ...content.warnings, noReadme(release.where)]);
  const hasFallen = verified.value.standing === "fallen";
  const bytes = hasFallen ? undefined : writeArchive(verified.value.files);
  const archive = bytes === undefined ? undefined : { sha256: ports.hash(bytes), size: bytes.length };
  const view = packView(releaseView(verified.value, content.value, archive));
  return ok(
    { view, archive: archive === undefined || bytes === undefined ? undefined : { ...archive, bytes } },
    [...verified.warnings, ...problemsOf(content)],
  );
}

function noReadme(where: string): Problem {
  return {
    code: "README_MISSING",
    severity: "error",
    file: `${where}/content/README.md`,
    message: "The release has no README, and this registry asks for one",
    remedy: "add README.md: what the package is for, with an example",
    rule: "B4",
  };
}
