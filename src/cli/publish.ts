import { statSync } from "node:fs";
import { normalize, relative, resolve, sep } from "node:path";
import type { Digest } from "../base/digest.ts";
import { RegistryError } from "../base/error.ts";
import { failed, type Problem, type Result, settle } from "../base/problem.ts";
import { visible } from "../base/visible.ts";
import type { Permissions } from "../content/content.ts";
import { describeFiles } from "../content/describe.ts";
import { nodeTrustPorts } from "../node/crypto.ts";
import { readFolderFiles } from "../node/folder-files.ts";
import { addFiles } from "../node/source-writer.ts";
import { PublicationJudge } from "../publish/judge-publication.ts";
import { asInFolder, draftOwnPackage, type PlacedDraft } from "../publish/own-package.ts";
import { composePublication, type Publication, releaseFolder } from "../publish/publication.ts";
import { unmeantFiles } from "../publish/secrets.ts";
import type { Context, Options, Run } from "./command.ts";
import { openBuildPorts } from "./judge.ts";
import { nextSteps } from "./next-steps.ts";
import { permissionLines } from "./permission-text.ts";
import { plural, refusedToSign } from "./refused.ts";
import { openSigning, type Signing } from "./signer.ts";

export const run: Run = async (args, options, context) => {
  const folder = normalize(args[0] ?? ".").replace(/(?<=.)[\\/]+$/, "");
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new RegistryError(
      "NOT_FOUND",
      `There is no folder "${folder}"`,
      "give the folder that holds the package's package.toml",
    );
  const into = await openSigning(options, context);
  const draft = readDraft(folder, into, options);
  const publication = draft.ok ? await compose(draft.value, into, context) : draft;
  if (!draft.ok || !publication.ok)
    throw refusedToSign(`"${folder}" has`, publication.ok ? [] : publication.problems);
  const dryRun = options.flag("dry-run");
  if (!dryRun) addFiles(into.folder, publication.value.additions);
  context.terminal.warnings([...draft.warnings, ...publication.warnings]);
  const report = reportOf(draft.value, publication.value, into, dryRun);
  context.terminal.result({ ...report, warnings: [...draft.warnings, ...publication.warnings] }, () =>
    textOf(report, into),
  );
  return undefined;
};

/** The draft in `folder`, or every problem of its files, its manifest and its content. */
function readDraft(folder: string, into: Signing, options: Options): Result<PlacedDraft> {
  const { files, problems } = readFolderFiles(folder, { shownAs: folder, limits: into.source.config.limits });
  const draft = draftOwnPackage(files, folder);
  if (!draft.ok) return failed([...problems, ...draft.problems, ...contentProblems(files, folder)]);
  const { draft: own, contentAt } = draft.value;
  const keys = [...signingKeyProblems(folder, files, options), ...unmeantFiles(own.content, contentAt)];
  return settle(draft.value, [...problems, ...draft.warnings, ...keys]);
}

/** What is wrong with the content of a package whose manifest is wrong too: nobody should learn that one by one. */
function contentProblems(files: ReadonlyMap<string, Uint8Array>, folder: string): Problem[] {
  const inner = [...files].filter(([path]) => path.startsWith("content/"));
  const prefix = inner.length > 0 ? "content/" : "";
  const content = new Map(
    (inner.length > 0 ? inner : [...files]).map(([path, bytes]) => [path.slice(prefix.length), bytes]),
  );
  const described = describeFiles({ files: content, digestOf: () => "" as Digest, filesIri: "urn:draft:" });
  return described.ok
    ? []
    : described.problems.map((problem) => ({ ...problem, file: `${folder}/${prefix}${problem.file}` }));
}

/** The very key that signs, lying in the folder that is published. */
function signingKeyProblems(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
  options: Options,
): Problem[] {
  const key = relative(resolve(folder), resolve(options.text("key") ?? ""))
    .split(sep)
    .join("/");
  if (!files.has(key)) return [];
  const message = "This is the private key that you sign with: published, it is everybody's";
  return [
    {
      code: "PUBLISH_SIGNING_KEY",
      severity: "error",
      file: `${folder}/${key}`,
      message,
      remedy: "move it out of the package's folder",
    },
  ];
}

async function compose(placed: PlacedDraft, into: Signing, context: Context): Promise<Result<Publication>> {
  const composed = composePublication([placed.draft], into, nodeTrustPorts);
  if (!composed.ok) return failed(composed.problems.map((problem) => asInFolder(problem, placed)));
  const { ports, close } = openBuildPorts(into.folder, true, context);
  const judge = new PublicationJudge(into, ports);
  try {
    const problems = await judge.judge(composed.value);
    return settle(
      composed.value,
      problems.map((problem) => asInFolder(problem, placed)),
    );
  } finally {
    await judge.close();
    close();
  }
}

/** What a consumer will be told before installing: from the very files that are signed. */
function permissionsOf({ draft }: PlacedDraft): Permissions | undefined {
  const described = describeFiles({
    files: draft.content,
    digestOf: (path) => nodeTrustPorts.hash(draft.content.get(path) ?? new Uint8Array()),
    filesIri: "urn:draft:",
  });
  return described.ok ? described.value.permissions : undefined;
}

interface Report {
  readonly permissions: Permissions | undefined;
  readonly package: string;
  readonly version: string;
  readonly publisher: string;
  readonly keyId: string;
  /** The release digest. */
  readonly digest: string;
  readonly folder: string;
  readonly registered: boolean;
  readonly claimed: readonly string[];
  readonly contentFiles: number;
  readonly contentBytes: number;
  /** Paths added to the registry. */
  readonly files: readonly string[];
  readonly dryRun: boolean;
}

function reportOf(placed: PlacedDraft, publication: Publication, into: Signing, dryRun: boolean): Report {
  const { draft } = placed;
  const { additions, registered, claimed } = publication;
  const folder = releaseFolder(draft);
  return {
    permissions: permissionsOf(placed),
    package: draft.name,
    version: draft.version,
    publisher: into.publisher,
    keyId: into.signer.publicKey.id,
    digest: nodeTrustPorts.hash(additions.get(`${folder}/SHA256SUMS`) ?? new Uint8Array()),
    folder,
    registered,
    claimed,
    contentFiles: draft.content.size,
    contentBytes: [...draft.content.values()].reduce((sum, bytes) => sum + bytes.length, 0),
    files: [...additions.keys()],
    dryRun,
  };
}

function textOf(report: Report, into: Signing): string {
  const { dryRun } = report;
  const size = `${plural(report.contentFiles, "file")}, ${report.contentBytes} bytes`;
  return [
    `${dryRun ? "Would publish" : "Published"} ${report.package}@${report.version} as ${report.publisher}: ${size}`,
    `  release  ${report.digest}`,
    `  signed   ${report.keyId}`,
    `  folder   ${visible(into.folder)}/${report.folder}`,
    ...(report.permissions === undefined ? [] : permissionLines(report.permissions)).map(
      (line, at) => `  ${at === 0 ? "may do" : "      "}   ${line}`,
    ),
    ...(report.registered
      ? [
          `${dryRun ? "Would register" : "Registered"} the publisher "${report.publisher}" with this key: keep it, it is who you are here`,
        ]
      : []),
    ...(report.claimed.length > 0
      ? [`${dryRun ? "Would claim" : "Claimed"} the name "${report.package}" for you`]
      : []),
    ...(dryRun
      ? ["Nothing was written."]
      : nextSteps(into, report.registered, [report.package], `${report.package} ${report.version}`)),
  ].join("\n");
}
