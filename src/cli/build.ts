import { withReleasesOf } from "../build/earlier-releases.ts";
import type { SourceTree } from "../build/source.ts";
import { commitTree } from "../node/atomic-output.ts";
import { outputStateFile } from "../node/home.ts";
import { checkOutputPlace } from "../node/output-place.ts";
import { openSourceTree } from "../node/source-tree.ts";
import type { Run } from "./command.ts";
import { judge } from "./judge.ts";
import { plural, refused } from "./refused.ts";
import { refuseInCi, signedHere } from "./sign-here.ts";

export const run: Run = async (_args, options, context) => {
  const folder = options.text("registry") ?? ".";
  const out = options.required("out", "where to write the published tree");
  const unsigned = options.flag("unsigned");
  if (!unsigned && !options.flag("development")) refuseInCi(context);
  const stateFile = outputStateFile(context.environment, out);
  const now = await openSourceTree(folder);
  const releasesOf = options.text("releases-of");
  const tree = releasesOf === undefined ? now : await rolledBack(now, folder, releasesOf);
  checkOutputPlace(out, folder);
  const { result, used } = await judge(tree, folder, !options.flag("no-cache"), context, async (snapshot) => {
    const files = unsigned ? snapshot.files : await signedHere(out, snapshot, tree, context);
    return commitTree(out, files, { stateFile });
  });
  if (!result.ok) throw refused("The registry has", result.problems);
  const { counts } = result.value;
  const { written = 0, removed = 0, unchanged = 0 } = used ?? {};
  // With those of the signing, where there are any.
  const files = written + unchanged;
  const { warnings } = result;
  context.terminal.warnings(warnings);
  const signed = unsigned ? "no" : "development";
  context.terminal.result({ out, counts, files, written, removed, signed, warnings }, () =>
    [
      `${out}: ${plural(counts.packages, "package")}, ${plural(counts.releases, "release")}, ${plural(counts.triples, "triple")}`,
      `${plural(files, "file")}, ${written} written, ${removed} removed`,
      unsigned
        ? "Not signed: no client reads it before `trust publish` has signed it."
        : "Signed with this machine's development root: for this machine only.",
    ].join("\n"),
  );
  return undefined;
};

/** The releases of an earlier commit, with everything that was said since. */
async function rolledBack(now: SourceTree, folder: string, revision: string): Promise<SourceTree> {
  const { openBaseTree } = await import("../node/git-base.ts");
  return withReleasesOf(await openBaseTree(folder, revision), now);
}
