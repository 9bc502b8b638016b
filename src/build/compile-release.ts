/**
 * One release, from its files to everything that is published of it: verified, described, written
 * as RDF and packed. Pure: the same files under the same authority give the same bytes.
 */
import { failed, ok, type Problem, problemsOf, type Result } from "../base/problem.ts";
import { describeContent } from "../content/describe.ts";
import { type ReleaseView, releaseView } from "../content/view.ts";
import { writeNQuads } from "../graph/nquads.ts";
import { releaseQuads } from "../graph/release-quads.ts";
import { writeTurtle } from "../graph/turtle.ts";
import type { RegistryConfig } from "../manifest/registry-toml.ts";
import { writeArchive } from "../snapshot/archive.ts";
import type { TrustPorts } from "../trust/ed25519.ts";
import { type ReleaseAuthority, type UnverifiedRelease, verifyRelease } from "../trust/release.ts";

export interface CompiledRelease {
  readonly view: ReleaseView;
  /** The release's triples without prefixes, ready to be concatenated. */
  readonly turtle: string;
  readonly nquads: string;
  readonly triples: number;
  /** Absent where the release has fallen. */
  readonly archive: Uint8Array | undefined;
}

export interface CompileInput {
  readonly release: UnverifiedRelease;
  readonly authority: ReleaseAuthority;
  readonly config: RegistryConfig;
}

export function compileRelease(input: CompileInput, ports: TrustPorts): Result<CompiledRelease> {
  const verified = verifyRelease(input.release, input.authority, ports);
  if (!verified.ok) return verified;
  const content = describeContent(verified.value, input.config.iri);
  if (!content.ok) return failed([...verified.warnings, ...content.problems]);
  if (input.config.policy.requireReadme && content.value.readme === undefined) return failed([...verified.warnings, noReadme(input.release.where)]);
  const archive = verified.value.standing === "fallen" ? undefined : writeArchive(verified.value.files);
  const packed = archive === undefined ? undefined : { sha256: ports.hash(archive), size: archive.length };
  const view = releaseView(verified.value, content.value, packed);
  const graph = releaseQuads(view, input.config);
  const compiled: CompiledRelease = {
    view,
    turtle: writeTurtle(graph.quads),
    nquads: writeNQuads(graph.quads),
    triples: graph.quads.length,
    archive,
  };
  return ok(compiled, [...problemsOf(verified), ...problemsOf(content), ...graph.warnings]);
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
